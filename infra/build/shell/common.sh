# Shared by ./insight and the scripts beside this one: messages, logs, and one build with visible progress.
# Expects $root (repository root). Everything generated goes to $state, which git ignores.

state="$root/.insight"
packages_props="$root/infra/build/packages.props"
onnx_dir="$root/infra/build/onnxruntime"
cli_dll="$root/src/RealtimeInsight.Cli/bin/Release/net10.0/RealtimeInsight.Cli.dll"
mkdir -p "$state"

say() { printf '%s\n' "$*"; }
step() { printf '%4ds  %s\n' "$SECONDS" "$*"; }
fail() { printf 'insight: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# The process that a progress loop is watching; Ctrl-C reaches it through the trap, since bash shields background jobs from it.
child=""
stop_child() {
  trap - INT TERM
  if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; wait "$child" 2>/dev/null || true; fi
  exit 130
}
trap stop_child INT TERM

# watch LOG FUNCTION COMMAND...: runs the command with its output in LOG and gives FUNCTION each line as it comes; says that it is still
# at work after half a minute without a line. Returns the command's exit code.
watch() {
  local log="$1" each="$2" line="" part="" code=0 alive=1 heard=$SECONDS
  shift 2
  : > "$log"
  "$@" > "$log" 2>&1 < /dev/null &
  child=$!
  exec 9< "$log"
  while [ "$alive" = 1 ]; do
    kill -0 "$child" 2>/dev/null || alive=0
    while IFS= read -r -u 9 line; do "$each" "$part$line"; part=""; heard=$SECONDS; done
    part="$part$line"
    if [ $((SECONDS - heard)) -ge 30 ]; then step "  ... still at work"; heard=$SECONDS; fi
    if [ "$alive" = 1 ]; then sleep 0.2; fi
  done
  exec 9<&-
  wait "$child" || code=$?
  child=""
  return "$code"
}

require_dotnet() {
  local how="Install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0 (many distributions package it as dotnet-sdk-10.0)."
  has dotnet || fail "the .NET 10 SDK is needed to build, and there is no dotnet on PATH. $how"
  dotnet --list-sdks | grep -q '^10\.' ||
    fail "the .NET 10 SDK is needed to build, and dotnet has only: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' '). $how"
}

# One checksum over everything that a build reads, so that an unchanged tree starts at once.
source_fingerprint() {
  (
    cd "$root"
    { find src infra/build Directory.Build.props Directory.Build.targets Directory.Packages.props global.json .editorconfig -type f \
        -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/node_modules/*' -not -path '*/__pycache__/*' -not -path 'src/training/*'
    } | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum | cksum
  )
}

build_line() {
  case "$1" in
    *'Determining projects to restore'*) step "  restoring packages" ;;
    *' -> '*.dll) local name="${1%% -> *}"; step "  built ${name##* }" ;;
  esac
}

# build TARGET LOGNAME WHAT: Release build with one line a project; the whole log is kept, its errors are shown on failure.
build() {
  local target="$1" log="$state/$2.log" what="$3"
  step "building $what (log: ${log#"$root"/})"
  if ! watch "$log" build_line dotnet build "$target" -c Release --nologo -v minimal -clp:NoSummary; then
    say ""
    grep -E '(error|warning) [A-Z]+[0-9]+' "$log" | sed -E "s| \[[^]]*\]$||; s|$root/||g" | sort -u | head -n 20 >&2
    fail "building $what failed; the whole log is in $log"
  fi
}

# Builds the command line program unless it was built from exactly these sources.
build_cli() {
  local now
  now="$(source_fingerprint)"
  if [ -f "$cli_dll" ] && [ -f "$state/cli.built" ] && [ "$(cat "$state/cli.built")" = "$now" ]; then return; fi
  rm -f "$state/cli.built"
  build "$root/src/RealtimeInsight.Cli" build RealtimeInsight
  printf '%s\n' "$now" > "$state/cli.built"
  step "built"
}
