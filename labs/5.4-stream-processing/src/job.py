"""The contract of src/processor.ts, kept by Spark. It runs in the service `spark` of compose.yaml."""
raise NotImplementedError("src/job.py does nothing yet")
