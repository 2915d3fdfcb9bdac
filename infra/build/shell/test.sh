# ./insight test: tools, one build, every test project of the solution, one line of totals at the end.

test_usage() {
  cat <<'HELP'
Usage: ./insight test [--project NAME]... [--filter EXPRESSION]

  --project NAME       only this test project, for example Domain.Tests or RealtimeInsight.Domain.Tests; may be repeated
  --filter EXPRESSION  only matching tests, as `dotnet test --filter` takes it, for example FullyQualifiedName~Carts

Ends with one line `N passed, N failed, N skipped`. The exit code is 1 when a test failed, a project ran no test or nothing ran.
With CI=true a skipped test counts as a failure of the run, unless its reason begins with "Needs hardware:".
HELP
}

solution_test_projects() { sed -n 's|^Project(.*"\(tests[\\/].*\.Tests\.csproj\)".*|\1|p' "$root/RealtimeInsight.sln" | tr '\\' '/'; }

fetch_node_packages() {
  local folder="$root/tests/node" lock
  if ! has npm; then
    step "left out: npm (Segment's client, checks of infra). Get it: Node.js 20 or newer (on Debian as root: apt-get install nodejs npm)"
    return
  fi
  lock="$(cksum < "$folder/package-lock.json")"
  if [ -f "$folder/node_modules/.fetched" ] && [ "$(cat "$folder/node_modules/.fetched")" = "$lock" ]; then return; fi
  step "fetching npm packages for tests"
  if (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) > "$state/npm-tests.log" 2>&1 < /dev/null; then
    printf '%s\n' "$lock" > "$folder/node_modules/.fetched"
  else
    step "left out: the npm packages of tests/node; npm ci failed, see $state/npm-tests.log"
  fi
}

prepare_tools() {
  install_missing "$tests_need
$training_needs"
  local browser
  for browser in chromium chromium-browser google-chrome; do
    if [ -z "${INSIGHT_BROWSER:-}" ] && has "$browser"; then INSIGHT_BROWSER="$(command -v "$browser")"; export INSIGHT_BROWSER; fi
  done
  if INSIGHT_PYTHON="$(python_with torch sklearn onnx)"; then export INSIGHT_PYTHON; else unset INSIGHT_PYTHON; fi
  fetch_node_packages
}

no_line() { :; }

# Runs one project; adds to passed, failed, skipped, bad and to the report file.
test_project() { # CSPROJ FILTER
  local name dll code=0 began=$SECONDS trx p=0 f=0 s=0 kind rest
  name="$(basename "$1" .csproj)"
  dll="$root/$(dirname "$1")/bin/Release/net10.0/$name.dll"
  trx="$results/$name.trx"
  set -- "$dll" --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    --blame-hang-timeout 10m --blame-hang-dump-type none ${2:+--filter "$2"}
  watch "$results/$name.log" no_line dotnet test "$@" || code=$?
  if [ -f "$trx" ]; then
    awk -f "$root/infra/build/shell/trx.awk" "$trx" > "$results/$name.tsv"
    while IFS=$'\t' read -r kind rest; do
      case "$kind" in
        totals) IFS=$'\t' read -r p f s <<< "$rest" ;;
        failed | skipped) printf '%s\t%s\t%s\n' "$kind" "$name" "$rest" >> "$report" ;;
      esac
    done < "$results/$name.tsv"
  fi
  if [ ! -f "$trx" ] || { [ $((p + f + s)) = 0 ] && [ -z "$filter" ]; }; then
    f=1
    printf 'failed\t%s\t%s\t%s\n' "$name" "(the whole project)" "ran no test (exit $code); see $results/$name.log" >> "$report"
  elif [ "$code" != 0 ] && [ "$f" = 0 ] && [ $((p + s)) != 0 ]; then
    f=1
    printf 'failed\t%s\t%s\t%s\n' "$name" "(the whole project)" "did not finish (exit $code); see $results/$name.log" >> "$report"
  fi
  passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
  step "$(printf '%-42s %4d passed %3d failed %3d skipped  (%d s)' "${name#RealtimeInsight.}" "$p" "$f" "$s" $((SECONDS - began)))"
}

run_tests() {
  local filter="" projects="" wanted="" project match
  while [ $# -gt 0 ]; do
    case "$1" in
      -h | --help) test_usage; return 0 ;;
      --filter) [ $# -gt 1 ] || fail "--filter needs an expression"; filter="$2"; shift ;;
      --project) [ $# -gt 1 ] || fail "--project needs a name"; wanted="$wanted $2"; shift ;;
      *) printf "insight: test knows --project NAME and --filter EXPRESSION, not '%s'.\n" "$1" >&2; return 2 ;;
    esac
    shift
  done
  projects="$(solution_test_projects)"
  if [ -n "$wanted" ]; then
    local chosen=""
    for project in $wanted; do
      match="$(say "$projects" | grep -E "/(RealtimeInsight\.)?$(say "$project" | sed 's/\./\\./g')\.csproj$" || true)"
      [ -n "$match" ] || fail "there is no test project '$project'. There are: \
$(say "$projects" | sed 's|.*/||; s|\.csproj$||' | tr '\n' ' ')"
      chosen="$chosen$match"$'\n'
    done
    projects="${chosen%$'\n'}"
  fi

  setup
  prepare_tools
  if [ -n "$wanted" ]; then
    for project in $projects; do build "$root/$project" "build-$(basename "$project" .csproj)" "$(basename "$project" .csproj)"; done
  else
    build "$root/RealtimeInsight.sln" build-tests "the solution"
  fi

  local results="$state/test-results" report passed=0 failed=0 skipped=0 bad=0 kind name test message
  rm -rf "$results"; mkdir -p "$results"
  report="$results/report.tsv"
  : > "$report"
  step "running tests (results: ${results#"$root"/})"
  for project in $projects; do test_project "$project" "$filter"; done

  while IFS=$'\t' read -r kind name test message; do
    if [ "$kind" != skipped ]; then continue; fi
    say "skipped $test: $message"
    case "$message" in
      "Needs hardware:"*) ;;
      *) if [ "${CI:-}" = true ]; then bad=1; say "        (in CI only \"Needs hardware:\" is a reason to skip: this fails the run)"; fi ;;
    esac
  done < "$report"
  while IFS=$'\t' read -r kind name test message; do
    if [ "$kind" = failed ]; then say "FAILED  $test ($name)"; say "        $message"; fi
  done < "$report"
  if [ $((passed + failed)) = 0 ]; then bad=1; say "No test ran${filter:+ that matches '$filter'}."; fi
  say "$passed passed, $failed failed, $skipped skipped"
  if [ "$failed" != 0 ] || [ "$bad" = 1 ]; then return 1; fi
}
