# Ends what its owner started once the owner is gone. One command a line on standard input:
#   add <pid> [signal]   know a process (and the process group it leads); with a signal, that one is tried for a second before KILL
#   drop <pid>           forget it
#   dir <path>           a folder to remove at the end
#   run <id> <path>      at the end, also end every process marked with this run id, then remove the run's folder
# End of input is the owner's end, whatever killed it. Arguments: the node program and end-run.ts, for `run`.
trap '' INT HUP TERM QUIT
node=$1 ending=$2 known='' dirs='' run='' rundir=''
newline='
'

# birth <pid>: sets $start, fails when there is no such process. Compared with the one seen at `add`, because pids are used again.
birth() {
  start='' stat=''
  if [ -r /proc/self/stat ]; then
    # The program's name is in there and may hold newlines and parentheses: read all, count from the last parenthesis.
    { while read -r line || [ -n "$line" ]; do stat="$stat $line"; done < "/proc/$1/stat"; } 2>/dev/null
    [ -n "$stat" ] || return 1
    set -f; set -- ${stat##*\) }; set +f
    [ "$1" != Z ] || return 1
    shift 19 && start=$1
  else
    start=$(LC_ALL=C TZ=UTC ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' _)
    [ -n "$start" ]
  fi
}

forget() {
  kept=''
  for entry in $known; do
    case $entry in "$1":*) ;; *) kept="$kept $entry" ;; esac
  done
  known=$kept
}

while read -r verb first rest; do
  case $verb in
    add) forget "$first"; if birth "$first"; then known="$known $first:${rest:-KILL}:$start"; fi ;;
    drop) forget "$first" ;;
    dir) dirs="$dirs$first${rest:+ $rest}$newline" ;;
    run) run=$first rundir=$rest ;;
  esac
done

# Ours: the same process as at `add`; or its leader is gone and the group may still live (its number is not given out meanwhile).
ours() { if birth "$1"; then [ "$start" = "$2" ]; else return 0; fi; }

waiting=''
for entry in $known; do
  pid=${entry%%:*} tail=${entry#*:}; signal=${tail%%:*} born=${tail#*:}
  ours "$pid" "$born" || continue
  if [ "$signal" = KILL ]; then kill -KILL "-$pid" "$pid" 2>/dev/null
  else kill -CONT "$pid" 2>/dev/null; kill "-$signal" "$pid" 2>/dev/null; waiting="$waiting $entry"; fi
done
for entry in $waiting; do
  pid=${entry%%:*} tail=${entry#*:}; born=${tail#*:} i=0
  while [ $i -lt 20 ] && birth "$pid" && [ "$start" = "$born" ]; do sleep 0.05; i=$((i + 1)); done
  if ours "$pid" "$born"; then kill -KILL "-$pid" "$pid" 2>/dev/null; fi
done

# PostgreSQL leaves a small System V memory segment when killed; its lock file names it (line 7: key and id).
remove() {
  i=0
  while [ -e "$1" ] && [ $i -lt 40 ]; do
    for pidfile in "$1"/postmaster.pid "$1"/*/postmaster.pid; do
      [ -f "$pidfile" ] && ipcrm -m "$(awk 'NR == 7 { print $2 }' "$pidfile")" 2>/dev/null
    done
    rm -rf "$1" 2>/dev/null
    [ -e "$1" ] && sleep 0.05
    i=$((i + 1))
  done
}
IFS=$newline
for path in $dirs; do remove "$path"; done
unset IFS
if [ -e "$rundir" ]; then
  "$node" "$ending" "$run" "$rundir"
  remove "$rundir"
fi
