"""Change events of readings in, windows out: the contract of src/processor.ts, kept by Spark. FORMAT is json."""
import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from pyspark.errors import StreamingQueryException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

env = os.environ
WINDOW = f"{env.get('WINDOW_SECONDS', '60')} seconds"
LATENESS = f"{env.get('LATENESS_SECONDS', '120')} seconds"
CHECKPOINT = env["CHECKPOINT_DIR"]
# Text, whatever it should be: what is wrong with a message is ours to say, not the parser's.
AFTER = "vehicle_id string, seq string, event_time string, ingest_time string, front_c string, front_open string, rear_c string, rear_open string"
ENVELOPE = f"op string, after struct<{AFTER.replace(' string', ':string')}>"
DECIMAL = r"^-?\d{1,4}(\.\d{1,2})?$"
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"

spark = (
    SparkSession.builder.appName("windows")
    .master("local[2]")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def instant(name: str) -> Column:
    """The instant of a text, null where it is none: no 32nd of March, no 25 o'clock."""
    text = F.col(f"after.{name}")
    return F.when(text.rlike(TIME), F.try_to_timestamp(text))


def centi(name: str) -> Column:
    """Hundredths of a decimal's text, as a whole number."""
    text = F.col(f"after.{name}")
    return F.when(text.rlike(DECIMAL), (F.col(f"after.{name}").try_cast("decimal(8,2)") * 100).cast("bigint"))


def messages() -> DataFrame:
    """The messages, each with what it is: reading, skipped, unreadable or invalid."""
    raw = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", env["KAFKA_BROKERS"])
        .option("subscribe", env["READINGS_TOPIC"])
        .option("maxOffsetsPerTrigger", env.get("MAX_RECORDS", "1000"))
        .load()
    )
    text = F.col("value").cast("string")
    envelope = F.from_json(text, ENVELOPE)
    # try_parse_json alone tells JSON that is no envelope from what is no JSON.
    parsed = raw.select("value", "partition", "offset", envelope.alias("e"), F.try_parse_json(text).isNotNull().alias("json"), F.is_valid_utf8(text).alias("utf8")).select("*", "e.*") # fmt: skip
    rear = (F.col("after.rear_c").isNull() | centi("rear_c").isNotNull()) & F.coalesce(F.col("after.rear_open"), F.lit("true")).isin("true", "false")
    valid = (
        F.col("op").isin("c", "r")
        & F.col("after.vehicle_id").rlike(r"^V-\d{4}$")
        & F.col("after.seq").rlike(r"^[1-9]\d{0,14}$")
        & (instant("event_time") <= instant("ingest_time") + F.expr("INTERVAL 60 SECONDS"))
        & centi("front_c").isNotNull()
        & F.col("after.front_open").isin("true", "false")
        & rear
    )
    kind = (
        F.when(F.col("value").isNull() | F.col("op").isin("u", "d", "t"), "skipped")
        .when(~F.col("utf8") | ~F.col("json"), "unreadable")
        .when(F.coalesce(valid, F.lit(False)), "reading")
        .otherwise("invalid")
    )
    return parsed.withColumn("kind", kind)


def side(name: str) -> list[Column]:
    """Minimum, maximum and mean of a compartment in °C, and how often its door was open. Whole hundredths until the very end."""
    plausible = F.filter(F.transform("readings", lambda r: r[name]), lambda c: c.between(-4000, 6000))
    total, count = F.aggregate(plausible, F.lit(0).cast("bigint"), lambda sum, c: sum + c), F.size(plausible).cast("bigint")
    # Half away from zero: (2|sum| + n) div 2n.
    mean = F.signum(total) * F.floor((F.abs(total) * 2 + count) / (count * 2))
    degrees = lambda c: F.when(count > 0, c / 100)  # noqa: E731
    is_open = F.size(F.filter("readings", lambda r: r[f"{name}_open"] == "true"))
    return [
        degrees(F.array_min(plausible)).alias(f"{name}_min_c"),
        degrees(F.array_max(plausible)).alias(f"{name}_max_c"),
        degrees(mean).alias(f"{name}_mean_c"),
        is_open.alias(f"{name}_open_readings"),
    ]


def windows(readings: DataFrame) -> DataFrame:
    """One row for each window that is over. A set of readings knows its duplicates, and is gone with its window."""
    reading = F.struct(
        F.col("after.seq").alias("seq"),
        F.col("event_time"),
        centi("front_c").alias("front"),
        F.col("after.front_open").alias("front_open"),
        centi("rear_c").alias("rear"),
        F.col("after.rear_open").alias("rear_open"),
    )
    iso = lambda time: F.date_format(time, "yyyy-MM-dd'T'HH:mm:ss'Z'")  # noqa: E731
    grouped = (
        readings.withColumn("event_time", instant("event_time"))
        .withWatermark("event_time", LATENESS)
        .groupBy(F.window("event_time", WINDOW), F.col("after.vehicle_id").alias("vehicle_id"))
        .agg(F.collect_set(reading).alias("readings"))
    )
    value = F.struct(
        "vehicle_id",
        iso(F.col("window.start")).alias("window_start"),
        iso(F.col("window.end")).alias("window_end"),
        F.size("readings").alias("readings"),
        *side("front"),
        *side("rear"),
    )
    to_json = F.to_json(value, {"ignoreNullFields": "false"})
    return grouped.select(F.concat_ws("/", "vehicle_id", iso(F.col("window.start"))).alias("key"), to_json.alias("value"))


def to_kafka(rows: DataFrame, topic: str, name: str):
    """Writes rows to a topic; the folder `name` of the checkpoint remembers how far."""
    return (
        rows.writeStream.format("kafka")
        .option("kafka.bootstrap.servers", env["KAFKA_BROKERS"])
        .option("topic", topic)
        .option("includeHeaders", "true")
        .option("checkpointLocation", f"{CHECKPOINT}/{name}")
        .trigger(processingTime="200 milliseconds")
        .start()
    )


everything = messages()
place = F.concat_ws("/", F.lit(env["READINGS_TOPIC"]), F.col("partition").cast("string"), F.col("offset").cast("string"))
reason = F.array(F.struct(F.lit("reason").alias("key"), F.col("kind").cast("binary").alias("value")))
rejects = everything.where("kind IN ('unreadable', 'invalid')").select(place.alias("key"), "value", reason.alias("headers"))
queries = [
    (windows(everything.where("kind = 'reading'")), env["WINDOWS_TOPIC"], "windows"),
    (rejects, env["REJECTS_TOPIC"], "rejects"),
]


def keep(rows: DataFrame, topic: str, name: str) -> None:
    """Runs a query until it ends for good."""
    try:
        to_kafka(rows, topic, name).awaitTermination()
    except StreamingQueryException as ended:
        # Spark 4.1.1 ends a query after the first batch when an earlier run had begun that batch: it counts a lag that nobody has asked for
        # yet. The batch is done and noted. Whatever else it was ends the query again.
        print(f"once more: {str(ended)[:200]}", flush=True)
        to_kafka(rows, topic, name).awaitTermination()


with ThreadPoolExecutor() as pool:
    running = [pool.submit(keep, *query) for query in queries]
    wait(running, return_when=FIRST_COMPLETED)
    os._exit(1)  # one alone is of no use: whoever started us starts us again
