"""Change events of shipments in, two Delta tables out: the contract of src/processor.ts, kept by Spark. FORMAT is json."""
import os

from delta.tables import DeltaTable
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

env = os.environ
LAKE = f"s3a://{env['BUCKET']}"
TEXTS = ["shipment_id", "customer", "origin_depot_id", "destination_depot_id", "vehicle_id", "compartment", "cargo"]
TIMES = ["booked_at", "loaded_at", "departed_at", "arrived_at", "delivered_at"]
ROW = ", ".join(f"{name}: string" for name in [*TEXTS, "weight_kg", "status", "note", *TIMES]) + ", parcels: int, priority: boolean, due_on: int"
EVENT = f"before struct<shipment_id: string>, after struct<{ROW}>, source struct<lsn: bigint, ts_ms: bigint>, op string"

CHANGES = [
    *[("kafka_partition", "int"), ("kafka_offset", "bigint"), ("op", "string"), ("shipment_id", "string")],
    *[("lsn", "bigint"), ("changed_at", "timestamp"), ("status", "string"), ("changed_on", "date")],
]
SHIPMENTS = [
    *[(name, "string") for name in TEXTS],
    *[("weight_kg", "decimal(10,1)"), ("parcels", "int"), ("priority", "boolean"), ("status", "string"), ("due_on", "date")],
    *[(name, "timestamp") for name in TIMES],
    *[("note", "string"), ("lsn", "bigint")],
]

s3a = "spark.hadoop.fs.s3a."
spark = (
    SparkSession.builder.appName("lake")
    .master("local[2]")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config(s3a + "endpoint", env["S3_ENDPOINT"])
    .config(s3a + "endpoint.region", env.get("AWS_REGION", "us-east-1"))
    .config(s3a + "path.style.access", "true")
    .config(s3a + "connection.ssl.enabled", str(env["S3_ENDPOINT"].startswith("https")).lower())
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.databricks.delta.snapshotPartitions", "1")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def make(name: str, columns: list[tuple[str, str]], partition: str) -> None:
    """The table, where it is not there."""
    table = DeltaTable.createIfNotExists(spark).location(f"{LAKE}/{name}").partitionedBy(partition)
    for column, kind in columns:
        table = table.addColumn(column, kind)
    table.execute()


def typed(batch: DataFrame) -> DataFrame:
    """Messages as changes, with columns of both tables. Tombstones are left out."""
    event = F.from_json(F.col("value").cast("string"), EVENT)
    changes = batch.where("value IS NOT NULL").select("partition", "offset", event.alias("e")).select("partition", "offset", "e.*")
    return changes.select(
        F.col("partition").alias("kafka_partition"),
        F.col("offset").alias("kafka_offset"),
        "op",
        F.coalesce("after.shipment_id", "before.shipment_id").alias("shipment_id"),
        F.col("source.lsn").alias("lsn"),
        F.timestamp_millis("source.ts_ms").alias("changed_at"),
        F.timestamp_millis("source.ts_ms").cast("date").alias("changed_on"),
        *[F.col(f"after.{name}") for name in [*TEXTS[1:], "parcels", "priority", "status", "note"]],
        F.col("after.weight_kg").cast("decimal(10,1)").alias("weight_kg"),
        F.date_from_unix_date("after.due_on").alias("due_on"),
        *[F.col(f"after.{name}").cast("timestamp").alias(name) for name in TIMES],
    )


def write_batch(batch: DataFrame, batch_id: int) -> None:
    """Both tables, a commit each. It comes again after a crash: each log knows whether it has this batch."""
    session = batch.sparkSession
    session.conf.set("spark.databricks.delta.write.txnAppId", env["APP_ID"])
    session.conf.set("spark.databricks.delta.write.txnVersion", str(batch_id))
    changes = typed(batch).persist()
    changes.select(*[name for name, _ in CHANGES]).write.format("delta").mode("append").save(f"{LAKE}/changes")

    newest = Window.partitionBy("shipment_id").orderBy(F.desc("lsn"))
    last = changes.withColumn("place", F.row_number().over(newest)).where("place = 1")
    row = {name: f"s.{name}" for name, _ in SHIPMENTS}
    (
        DeltaTable.forPath(session, f"{LAKE}/shipments")
        .alias("t")
        .merge(last.alias("s"), "t.shipment_id = s.shipment_id")
        .whenMatchedDelete("s.lsn > t.lsn AND s.op = 'd'")
        .whenMatchedUpdate("s.lsn > t.lsn", row)
        .whenNotMatchedInsert("s.op <> 'd'", row)
        .execute()
    )
    changes.unpersist()
    session.conf.unset("spark.databricks.delta.write.txnAppId")
    session.conf.unset("spark.databricks.delta.write.txnVersion")
    # In the stream's own driver: Spark's commits on S3 are safe within one driver only.
    if (batch_id + 1) % int(env.get("COMPACT_EVERY", "20")) == 0:
        for name in ["changes", "shipments"]:
            DeltaTable.forPath(session, f"{LAKE}/{name}").optimize().executeCompaction()
    print(f'{{"batch": {batch_id}}}', flush=True)


make("changes", CHANGES, "changed_on")
make("shipments", SHIPMENTS, "cargo")
stream = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", env["KAFKA_BROKERS"])
    .option("subscribe", env["CHANGES_TOPIC"])
    .option("maxOffsetsPerTrigger", env.get("MAX_RECORDS", "1000"))
    .load()
)
writer = stream.writeStream.foreachBatch(write_batch).option("checkpointLocation", env["CHECKPOINT_DIR"])
try:
    writer.start().awaitTermination()
except StreamingQueryException as ended:
    # Spark 4.1.1 ends a query after the first batch when an earlier run had begun that batch: it counts a lag that nobody has asked for yet.
    # The batch is done and noted. Whatever else it was ends the query again.
    print(f"once more: {str(ended)[:200]}", flush=True)
    writer.start().awaitTermination()
