"""Change events of shipments into the Delta table s3a://lake/shipments: one row a shipment, the newest there is. Given: not yours to change.

A Spark Structured Streaming job. A batch is one MERGE by shipment_id that takes only what is newer (lsn), so a batch that comes again
changes nothing. Its checkpoint lies in the bucket, beside the table. Ends when the broker or the store is away for long: start it again.

env: KAFKA (host:port), S3 (http://host:port), S3_USER, S3_PASSWORD
Touches /tmp/alive every five seconds as long as the stream runs, and prints one line of JSON for each batch, with the table's number of rows.
    /opt/spark/bin/spark-submit --driver-memory 600m --driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" job.py
The options of Java halve its start: small tables never pay for the second compiler.
"""
import json
import os
import pathlib

from delta.tables import DeltaTable
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

TABLE = "s3a://lake/shipments"
COLUMNS = "shipment_id string, customer string, vehicle_id string, cargo string, weight_kg string, parcels int, priority boolean, status string, note string"
EVENT = f"op string, before struct<{COLUMNS}>, after struct<{COLUMNS}>, source struct<lsn bigint>"

s3a = "spark.hadoop.fs.s3a."
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config(s3a + "endpoint", os.environ["S3"])
    .config(s3a + "endpoint.region", "us-east-1")
    .config(s3a + "access.key", os.environ["S3_USER"])
    .config(s3a + "secret.key", os.environ["S3_PASSWORD"])
    .config(s3a + "path.style.access", "true")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.databricks.delta.snapshotPartitions", "1")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
DeltaTable.createIfNotExists(spark).location(TABLE).addColumns(spark.createDataFrame([], COLUMNS + ", lsn bigint").schema).execute()

# By pattern, because the topic is there only when the connector has seen the first row.
changes = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", os.environ["KAFKA"])
    .option("kafka.metadata.max.age.ms", "1000")
    .option("subscribePattern", r"fjordline\.public\.shipments")
    .option("startingOffsets", "earliest")
    .load()
    .where("value IS NOT NULL")
    .select(F.from_json(F.col("value").cast("string"), EVENT).alias("e"), "offset")
    .select(F.expr("if(e.op = 'd', e.before.shipment_id, e.after.shipment_id)").alias("key"), "e.after", F.expr("e.source.lsn").alias("lsn"), F.expr("e.op = 'd'").alias("gone"), "offset")
)


def merge(batch, number):
    """Writes one batch: the newest change of each shipment."""
    newest = Window.partitionBy("key").orderBy(F.desc("lsn"), F.desc("offset"))
    latest = batch.withColumn("rank", F.row_number().over(newest)).where("rank = 1")
    values = {name: f"s.after.{name}" for name in [column.split()[0] for column in COLUMNS.split(", ")]} | {"lsn": "s.lsn"}
    (
        DeltaTable.forPath(spark, TABLE).alias("t")
        .merge(latest.alias("s"), "t.shipment_id = s.key")
        .whenMatchedDelete("s.gone AND s.lsn >= t.lsn")
        .whenMatchedUpdate("NOT s.gone AND s.lsn >= t.lsn", values)
        .whenNotMatchedInsert("NOT s.gone", values)
        .execute()
    )
    print(json.dumps({"batch": number, "rows": spark.read.format("delta").load(TABLE).count()}), flush=True)


query = changes.writeStream.foreachBatch(merge).option("checkpointLocation", "s3a://lake/checkpoints/shipments").trigger(processingTime="1 second").start()
while not query.awaitTermination(5):
    pathlib.Path("/tmp/alive").touch()
