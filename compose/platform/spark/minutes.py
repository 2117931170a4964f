"""Readings into the Delta table s3a://lake/minutes: for each truck and minute of event time the number of readings and the range of its front.

A Spark Structured Streaming job. A window is written whole whenever it has changed, by MERGE, so a batch that comes again changes nothing.
env: KAFKA, REGISTRY_URL, S3, S3_USER, S3_PASSWORD. Touches /tmp/alive every five seconds as long as the stream runs.
"""
import json
import os
import pathlib
import time
import urllib.error
import urllib.request

from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.avro.functions import from_avro

TABLE = "s3a://lake/minutes"
# Event times a little late are normal; the stream forgets a minute that is older than this.
LATENESS = "10 minutes"


def schema_of_readings():
    """The schema that the connector has registered; it is there once the first reading was captured."""
    while True:
        try:
            with urllib.request.urlopen(os.environ["REGISTRY_URL"] + "/subjects/readings-value/versions/latest", timeout=10) as answer:
                return json.load(answer)["schema"]
        except (urllib.error.URLError, TimeoutError):
            pathlib.Path("/tmp/alive").touch()
            time.sleep(1)


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
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
COLUMNS = "vehicle_id string, minute timestamp, readings bigint, front_min_c double, front_max_c double"
DeltaTable.createIfNotExists(spark).location(TABLE).addColumns(spark.createDataFrame([], COLUMNS).schema).execute()

readings = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", os.environ["KAFKA"])
    .option("subscribe", "readings")
    .option("startingOffsets", "earliest")
    .load()
    # Magic byte and schema id stand in front of the data.
    .select(from_avro(F.expr("substring(value, 6, length(value) - 5)"), schema_of_readings(), {"mode": "PERMISSIVE"}).alias("r"))
    .select("r.*")
)
minutes = (
    readings.withWatermark("event_time", LATENESS)
    .dropDuplicatesWithinWatermark(["vehicle_id", "seq"])
    .groupBy("vehicle_id", F.window("event_time", "1 minute").alias("w"))
    .agg(F.count("*").alias("readings"), F.min("front_c").alias("front_min_c"), F.max("front_c").alias("front_max_c"))
    .select("vehicle_id", F.col("w.start").alias("minute"), "readings", "front_min_c", "front_max_c")
)


def write(batch, number):
    """Puts the windows that have changed in the place of what they were."""
    table = DeltaTable.forPath(spark, TABLE).alias("t")
    table.merge(batch.alias("s"), "t.vehicle_id = s.vehicle_id AND t.minute = s.minute").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
    print(json.dumps({"batch": number}), flush=True)


query = (
    minutes.writeStream.outputMode("update").foreachBatch(write).option("checkpointLocation", "s3a://lake/checkpoints/minutes").trigger(processingTime="1 second").start()
)
while not query.awaitTermination(5):
    pathlib.Path("/tmp/alive").touch()
