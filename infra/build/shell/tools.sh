# Tools beside .NET that tests and training use. As root on Debian what is missing is installed; elsewhere it is named, with the way to
# get it.

# Debian package | check that it is there | what needs it | how to get it elsewhere
tests_need="\
chromium|has_browser|console tests in a real browser|install Chromium or Chrome
prometheus|has prometheus|scraping /metrics with a real Prometheus|install Prometheus 2.42 or newer"
training_needs="\
python3-torch|python_has torch|training the behaviour model|pip install torch
python3-sklearn|python_has sklearn|calibrating the model|pip install scikit-learn
python3-onnx|python_has onnx|exporting the model|pip install onnx
libopenblas0-pthread|has_openblas|matrix products at full speed|needed with Debian's torch only"

has_browser() { has chromium || has chromium-browser || has google-chrome; }
on_debian() { has apt-get && has dpkg-query; }

# Debian's modules belong to /usr/bin/python3, which need not be the first python3 on PATH.
python_with() { # MODULE...: prints the first interpreter that has them all
  local python
  for python in "${INSIGHT_PYTHON:-}" /usr/bin/python3 python3; do
    if [ -n "$python" ] && has "$python" &&
      "$python" -c 'import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))' "$@" > /dev/null 2>&1
    then
      say "$python"
      return 0
    fi
  done
  return 1
}
python_has() { python_with "$1" > /dev/null; }

# Only Debian's torch goes through the system's BLAS.
has_openblas() {
  if ! on_debian || [ "$(python_with torch || true)" != /usr/bin/python3 ]; then return 0; fi
  dpkg-query -W -f='${Status}' libopenblas0-pthread 2> /dev/null | grep -q 'ok installed'
}

missing_of() { # TABLE: prints the rows whose check fails
  local package check why elsewhere
  while IFS='|' read -r package check why elsewhere; do
    if ! $check; then say "$package|$check|$why|$elsewhere"; fi
  done <<< "$1"
}

# install_missing TABLE: installs what is missing where it may; says what stays out. Never fails.
install_missing() {
  local missing package check why elsewhere names
  missing="$(missing_of "$1")"
  if [ -z "$missing" ]; then return; fi
  names="$(say "$missing" | cut -d'|' -f1 | tr '\n' ' ')"
  if on_debian && [ "$(id -u)" = 0 ]; then
    step "installing ${names% } with apt-get (some minutes at most; log: .insight/apt.log)"
    {
      export DEBIAN_FRONTEND=noninteractive
      # shellcheck disable=SC2086
      apt-get update -q && apt-get install -q -y --no-install-recommends $names
    } > "$state/apt.log" 2>&1 < /dev/null || true
    # Where services run, the package starts a Prometheus of its own, which nobody asked for.
    case " $names" in
      *" prometheus "*) if [ -d /run/systemd/system ]; then systemctl disable --now prometheus > /dev/null 2>&1 || true; fi ;;
    esac
    missing="$(missing_of "$1")"
  fi
  if [ -z "$missing" ]; then return; fi
  while IFS='|' read -r package check why elsewhere; do
    if on_debian; then
      step "left out: $package ($why). Get it as root: apt-get install --no-install-recommends $package"
    else
      step "left out: $package ($why). Get it: $elsewhere"
    fi
  done <<< "$missing"
}

# Python for training in INSIGHT_PYTHON; stops where it cannot be had.
prepare_training() {
  install_missing "$training_needs"
  INSIGHT_PYTHON="$(python_with torch sklearn onnx)" ||
    fail "training needs Python 3 with torch, scikit-learn and onnx. On Debian as root: apt-get install --no-install-recommends \
python3-torch python3-sklearn python3-onnx libopenblas0-pthread; elsewhere: pip install torch scikit-learn onnx, and set INSIGHT_PYTHON \
to that interpreter."
  export INSIGHT_PYTHON
}
