#!/bin/bash
# The official image's start: the command as it is, under an init that ends its children.
exec tini -s -- "$@"
