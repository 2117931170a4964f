"""The other side of the interoperability tests: delta-rs (PyPI deltalake) reads and writes tables.

    peer.py read  URI OPTIONS [VERSION]   one JSON object a row on stdout, every value as text (see `text`)
    peer.py write URI OPTIONS             a table with a history, see `write`
    peer.py split  DIRECTORY OPTIONS VERSION  the checkpoint of a version, made into one of three parts
    peer.py append URI OPTIONS COUNT APP  COUNT appends of one row, against other writers
OPTIONS is a JSON object of storage options.
"""

import datetime as dt
import decimal
import json
import os
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

UTC = dt.timezone.utc


def text(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dt.datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return str(value)


def read(uri, options, version=None):
    table = DeltaTable(uri, version=int(version) if version else None, storage_options=options)
    print(json.dumps({"version": table.version(), "types": {f.name: f.type.type for f in table.schema().fields}}))
    for batch in table.to_pyarrow_table().to_batches():
        for row in batch.to_pylist():
            print(json.dumps({name: text(value) for name, value in row.items()}))


SCHEMA = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        ("string", pa.string()),
        ("integer", pa.int32()),
        ("short", pa.int16()),
        ("byte", pa.int8()),
        ("float", pa.float32()),
        ("double", pa.float64()),
        ("boolean", pa.bool_()),
        ("binary", pa.binary()),
        ("date", pa.date32()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("small", pa.decimal128(9, 2)),
        ("medium", pa.decimal128(18, 4)),
        ("large", pa.decimal128(38, 10)),
        ("region", pa.string()),
        ("day", pa.date32()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("share", pa.decimal128(10, 2)),
    ]
)
REGIONS = ["a b", "x=y/z%41:", "é😀", None, "plus+and&", "#?[]{}^'\""]


def row(n):
    if n % 9 == 8:
        return {name: None for name in SCHEMA.names} | {"id": n}
    sign = -1 if n % 2 else 1
    return {
        "id": 2**53 + 1 + n if n % 4 == 0 else n,
        "string": f"é€😀 {n}\n\"\\",
        "integer": sign * (2**31 - 1 - n),
        "short": sign * (2**15 - 1 - n),
        "byte": sign * n % 128,
        "float": n / 3,
        "double": sign * n / 3e200,
        "boolean": n % 2 == 0,
        "binary": bytes([n % 256, 255, 0]),
        "date": dt.date(1969, 12, 25) + dt.timedelta(days=n),
        "timestamp": dt.datetime(1969, 12, 31, 23, 59, 59, 999_999 - n, tzinfo=UTC),
        "small": decimal.Decimal(sign * n).scaleb(-2),
        "medium": decimal.Decimal(sign * (10**17 + n)).scaleb(-4),
        "large": decimal.Decimal(sign * (10**37 + n)).scaleb(-10, decimal.Context(prec=50)),
        "region": REGIONS[n % len(REGIONS)],
        "day": dt.date(2024, 2, 28 + n % 2),
        "at": dt.datetime(2024, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC),
        "share": decimal.Decimal("1.50"),
    }


def rows(start, count):
    return pa.Table.from_pylist([row(n) for n in range(start, start + count)], schema=SCHEMA)


def write(uri, options):
    """Appends, a delete, a merge, a new column, a checkpoint, an overwritten partition, and commits after the checkpoint."""
    partitions = ["region", "day", "at", "share"]
    append = {"mode": "append", "storage_options": options}
    write_deltalake(uri, rows(0, 60), partition_by=partitions, storage_options=options)
    for n in range(8):
        write_deltalake(uri, rows(100 + n * 10, 10), **append)
    table = DeltaTable(uri, storage_options=options)
    table.delete("integer > 2147483600 and boolean")
    source = pa.Table.from_pylist([row(11) | {"string": "updated"}, row(501)], schema=SCHEMA)
    merge = table.merge(source, "t.id = s.id", source_alias="s", target_alias="t")
    merge.when_matched_update_all().when_not_matched_insert_all().execute()
    wider = rows(600, 3).append_column("extra", pa.array(["new", None, "column"], pa.string()))
    write_deltalake(uri, wider, schema_mode="merge", **append)
    table = DeltaTable(uri, storage_options=options)
    table.optimize.compact()
    table.create_checkpoint()
    write_deltalake(uri, rows(700, 5), schema_mode="merge", **append)
    DeltaTable(uri, storage_options=options).delete("id = 701")
    print(json.dumps({"version": DeltaTable(uri, storage_options=options).version()}))


def append(uri, options, count, app):
    for n in range(int(count)):
        batch = pa.table({"writer": [app], "n": pa.array([n], pa.int64())})
        write_deltalake(uri, batch, mode="append", storage_options=options)


def split(directory, _options, version):
    prefix = f"{directory}/_delta_log/{int(version):020}.checkpoint"
    whole = pq.read_table(f"{prefix}.parquet")
    third = -(-whole.num_rows // 3)
    for part in range(3):
        pq.write_table(whole.slice(part * third, third), f"{prefix}.{part + 1:010}.{3:010}.parquet", compression="zstd")
    os.remove(f"{prefix}.parquet")


command, uri, options, *more = sys.argv[1:]
{"read": read, "write": write, "split": split, "append": append}[command](uri, json.loads(options), *more)
