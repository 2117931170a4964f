"""What boto3 users do, against the server in S3_URL. Prints one line for each check; ends with 0 when all hold."""
import hashlib
import io
import os
import sys
import time
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

MIB = 1024 * 1024
s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["S3_URL"],
    aws_access_key_id=os.environ["S3_ACCESS_KEY"],
    aws_secret_access_key=os.environ["S3_SECRET_KEY"],
    region_name="us-east-1",
    config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
)
failures = 0


def check(name, holds):
    global failures
    failures += not holds
    print(("ok      " if holds else "FAILED  ") + name)


def code(call, **arguments):
    try:
        call(**arguments)
        return "ok"
    except ClientError as error:
        return error.response["Error"]["Code"]


s3.create_bucket(Bucket="boto")
check("list buckets", "boto" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])
s3.put_object(Bucket="boto", Key="a/ü b", Body=b"hello", Metadata={"m": "1"}, ContentType="text/plain")
got = s3.get_object(Bucket="boto", Key="a/ü b")
check("put, get", got["Body"].read() == b"hello" and got["Metadata"] == {"m": "1"} and got["ContentType"] == "text/plain")
check("missing key", code(s3.get_object, Bucket="boto", Key="nope") == "NoSuchKey")
check("missing bucket", code(s3.list_objects_v2, Bucket="no-such-bucket") == "NoSuchBucket")
check("write once", [code(s3.put_object, Bucket="boto", Key="once", Body=b"x", IfNoneMatch="*") for _ in range(2)] == ["ok", "PreconditionFailed"])

big = os.urandom(20 * MIB + 17)
s3.upload_fileobj(io.BytesIO(big), "boto", "big", Config=TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB))
target = io.BytesIO()
s3.download_fileobj("boto", "big", target, Config=TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=5 * MIB))
check("managed upload and download", target.getvalue() == big)
s3.copy({"Bucket": "boto", "Key": "big"}, "boto", "big2", Config=TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB))
check("managed copy", hashlib.md5(s3.get_object(Bucket="boto", Key="big2")["Body"].read()).digest() == hashlib.md5(big).digest())
check("range", s3.get_object(Bucket="boto", Key="big", Range="bytes=1048570-1048585")["Body"].read() == big[1048570:1048586])

for algorithm in ["CRC32", "SHA1", "SHA256"]:
    s3.put_object(Bucket="boto", Key=algorithm, Body=io.BytesIO(b"hello"), ChecksumAlgorithm=algorithm)
    stored = s3.get_object(Bucket="boto", Key=algorithm, ChecksumMode="ENABLED")
    check("checksum " + algorithm, stored["Body"].read() == b"hello" and "Checksum" + algorithm in stored)

for number in range(25):
    s3.put_object(Bucket="boto", Key="list/%02d" % number, Body=b"")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="boto", Prefix="list/", PaginationConfig={"PageSize": 10})
check("paginator", [len(page["Contents"]) for page in pages] == [10, 10, 5])
odd = s3.list_objects_v2(Bucket="boto", Delimiter="/")
check("delimiter", [prefix["Prefix"] for prefix in odd["CommonPrefixes"]] == ["a/", "list/"])
s3.put_bucket_versioning(Bucket="boto", VersioningConfiguration={"Status": "Enabled"})
first = s3.put_object(Bucket="boto", Key="v", Body=b"1")["VersionId"]
s3.put_object(Bucket="boto", Key="v", Body=b"2")
s3.delete_object(Bucket="boto", Key="v")
check("versions", s3.get_object(Bucket="boto", Key="v", VersionId=first)["Body"].read() == b"1")
s3.put_object_tagging(Bucket="boto", Key="once", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
check("tagging", s3.get_object_tagging(Bucket="boto", Key="once")["TagSet"] == [{"Key": "k", "Value": "v"}])



def fetch(url, method="GET", data=None, content_type=""):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, data=data, method=method, headers={"Content-Type": content_type})).read()
    except urllib.error.HTTPError as error:
        return error.code


def post(form, data):
    """The form that a browser would send."""
    part = '--limit\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    fields = "".join(part.format(name, "") + value + "\r\n" for name, value in form["fields"].items())
    body = (fields + part.format("file", '; filename="f"')).encode() + data + b"\r\n--limit--\r\n"
    return fetch(form["url"], "POST", body, "multipart/form-data; boundary=limit")


# boto3 presigns with version 2 of the signature unless it is told otherwise.
for version in ["s3", "s3v4"]:
    signer = boto3.client("s3", endpoint_url=os.environ["S3_URL"], aws_access_key_id=os.environ["S3_ACCESS_KEY"], aws_secret_access_key=os.environ["S3_SECRET_KEY"], region_name="us-east-1", config=Config(signature_version=version, s3={"addressing_style": "path"}))
    url = signer.generate_presigned_url("get_object", Params={"Bucket": "boto", "Key": "a/ü b", "ResponseContentType": "text/css"}, ExpiresIn=60)
    check(version + " presigned get", fetch(url) == b"hello")
    check(version + " presigned get, changed", fetch(url.replace("a/%C3%BC%20b", "big")) == 403)
    check(version + " presigned get, as a delete", fetch(url, "DELETE") == 403)
    expired = signer.generate_presigned_url("get_object", Params={"Bucket": "boto", "Key": "a/ü b"}, ExpiresIn=1)
    url = signer.generate_presigned_url("put_object", Params={"Bucket": "boto", "Key": "presigned", "ContentType": "text/csv"}, ExpiresIn=60)
    fetch(url, "PUT", version.encode(), "text/csv")
    stored = s3.get_object(Bucket="boto", Key="presigned")
    check(version + " presigned put", stored["Body"].read() == version.encode() and stored["ContentType"] == "text/csv")
    check(version + " presigned put, other type", fetch(url, "PUT", b"x", "text/html") == 403)
    deadline = time.time() + 5
    while fetch(expired) != 403 and time.time() < deadline:
        time.sleep(0.1)
    check(version + " expired", fetch(expired) == 403)
    form = signer.generate_presigned_post("boto", "form-" + version, Conditions=[["content-length-range", 1, 10]], ExpiresIn=60)
    check(version + " presigned post", post(form, b"a file") == b"")
    check(version + " presigned post, read", s3.get_object(Bucket="boto", Key="form-" + version)["Body"].read() == b"a file")
    check(version + " presigned post, too large", post(form, b"x" * 11) == 400)
    form["fields"]["key"] = "another"
    check(version + " presigned post, another key", post(form, b"a file") == 403)

versions = s3.list_object_versions(Bucket="boto")
s3.delete_objects(Bucket="boto", Delete={"Objects": [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in versions["Versions"] + versions["DeleteMarkers"]]})
s3.delete_bucket(Bucket="boto")
check("all gone", "boto" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])
sys.exit(1 if failures else 0)
