"""Kafka -> Delta on S3, everything that is there now, each record once. KAFKA, S3, S3_USER and S3_PASSWORD are in the environment."""
import os

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

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
readings = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", os.environ["KAFKA"])
    .option("subscribe", "readings")
    .option("startingOffsets", "earliest")
    .load()
    .select(F.from_json(F.col("value").cast("string"), "n bigint, vehicle string, celsius double").alias("reading"))
    .select("reading.*")
    .where("celsius < 100")
)
query = (
    readings.writeStream.format("delta")
    .option("checkpointLocation", "s3a://lake/checkpoints/readings")
    .trigger(availableNow=True)
    .start("s3a://lake/readings")
)
query.awaitTermination()
spark.sql("MERGE INTO delta.`s3a://lake/readings` t USING (SELECT 0L AS n, 'merged' AS vehicle, 0D AS celsius) s ON t.n = s.n WHEN MATCHED THEN UPDATE SET *")
