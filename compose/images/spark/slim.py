"""slim.py <from.jar> <to.jar>: the bundle of all AWS clients (640 MB) without those that no S3 path needs."""
import re
import sys
import zipfile

KEEP = {"s3", "sts", "kms", "sso", "ssooidc"}
SERVICE = re.compile(r"^(?:software/amazon/awssdk/services|codegen-resources)/([^/]+)/")

source, target = sys.argv[1:]
with zipfile.ZipFile(source) as bundle, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as slim:
    for entry in bundle.infolist():
        service = SERVICE.match(entry.filename)
        if (service and service.group(1) not in KEEP) or entry.filename.startswith("META-INF/maven/"):
            continue
        slim.writestr(entry, bundle.read(entry))
