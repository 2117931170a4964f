#!/bin/bash
# Ends the broker in order.
pkill -TERM -f 'kafka\.Kafka' || { echo 'No kafka server to stop'; exit 1; }
