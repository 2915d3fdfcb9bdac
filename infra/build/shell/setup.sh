# The package question: what can this machine restore? Asked once, answered in infra/build/packages.props, asked again when a pinned
# version changes or by `./insight setup --again`. Without that file the build takes everything to be available.

orleans_packages="Microsoft.Orleans.Sdk Microsoft.Orleans.Server Microsoft.Orleans.Client Microsoft.Orleans.TestingHost"
storage_packages="Azure.Identity Azure.Data.Tables Azure.Storage.Blobs System.IO.Hashing"
providers="Microsoft.Orleans.Persistence.AzureStorage Microsoft.Orleans.Clustering.AzureStorage"
# name of the answer | packages that have to restore together | what its absence means
questions="\
HasOnnxRuntime|Microsoft.ML.OnnxRuntime|ONNX Runtime is built from its npm package
HasOrleans|$orleans_packages|no Orleans cluster, the embedded engine only
HasOrleansKubernetes|Microsoft.Orleans.Hosting.Kubernetes YamlDotNet|silos are not told by Kubernetes who they are
HasAzureStorage|$storage_packages|no check of a storage account at the start of a silo
HasOrleansAzure|$providers $storage_packages|silos keep customers in memory, on one machine
HasEventHubs|Azure.Messaging.EventHubs Azure.Messaging.EventHubs.Processor $storage_packages|no Event Hubs reader, HTTP intake only
HasPrometheusExporter|OpenTelemetry OpenTelemetry.Exporter.Prometheus.AspNetCore|/metrics comes from the built-in text endpoint"

question_fingerprint() { { printf '%s\n' "$questions"; cat "$root/Directory.Packages.props"; } | cksum | cut -d' ' -f1; }

write_probe() { # DIR PACKAGES
  mkdir -p "$1"
  {
    say '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework>'
    say '<TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup><ItemGroup>'
    for package in $2; do say "<PackageReference Include=\"$package\" />"; done
    say '</ItemGroup></Project>'
  } > "$1/Probe.csproj"
}

# Prints yes, no or unknown (the registry did not answer).
probe() { # DIR
  local log="$1/restore.log"
  if dotnet restore "$1/Probe.csproj" > "$log" 2>&1 < /dev/null; then say yes
  elif grep -qE 'NU1301|NU1302|timed out' "$log"; then say unknown
  else say no; fi
}

ask_package_question() { # ACCELERATOR
  local folder name packages absence answer package missing served=" " source=nuget answers="" complete=1
  step "asking which packages this machine can restore (once)"
  folder="$(mktemp -d)"
  # The pinned versions apply; nothing else of the repository does.
  say "<Project><Import Project=\"$root/Directory.Packages.props\" /></Project>" > "$folder/Directory.Packages.props"
  say '<Project />' > "$folder/Directory.Build.props"
  say '<Project />' > "$folder/Directory.Build.targets"
  [ ! -f "$root/nuget.config" ] || cp "$root/nuget.config" "$folder/nuget.config"
  while IFS='|' read -r name packages absence; do
    write_probe "$folder/$name" "$packages"
    answer="$(probe "$folder/$name")"
    if [ "$answer" = yes ]; then
      step "  served: ${packages// /, }"
      served="$served$packages "
      [ "$name" = HasOnnxRuntime ] || answers="$answers    <$name>true</$name>"$'\n'
    else
      [ "$answer" = no ] || complete=0
      # Of packages that restored in an answer before, the ones beside them are what is missing.
      missing=""
      for package in $packages; do case "$served" in *" $package "*) ;; *) missing="$missing $package" ;; esac; done
      missing="${missing:- $packages}"
      missing="${missing# }"
      step "  not served: ${missing// /, } ($absence)"
      if [ "$name" = HasOnnxRuntime ]; then source=npm
      else answers="$answers    <$name>false</$name>"$'\n'; fi
    fi
  done <<< "$questions"
  rm -rf "$folder"
  {
    say '<Project>'
    say '  <!-- Written by ./insight setup, which asks anew when told to. -->'
    say '  <PropertyGroup>'
    say "    <OnnxRuntimeSource>$source</OnnxRuntimeSource>"
    printf '%s' "$answers"
    say "    <Accelerator Condition=\"'\$(Accelerator)' == ''\">$1</Accelerator>"
    say '  </PropertyGroup>'
    say '</Project>'
  } > "$packages_props.new"
  mv "$packages_props.new" "$packages_props"
  if [ "$complete" = 1 ]; then
    question_fingerprint > "$state/packages.asked"
  else
    rm -f "$state/packages.asked"
    step "the package registry did not answer for some of them; they are left out of this build and asked for again next time"
  fi
}

onnx_from_npm() { grep -q '<OnnxRuntimeSource>npm<' "$packages_props"; }

accelerator_in_use() { sed -n 's|.*<Accelerator[^>]*>\(.*\)</Accelerator>.*|\1|p' "$packages_props"; }

fetch_onnx_runtime() {
  local package="$onnx_dir/node_modules/com.github.asus4.onnxruntime" lock what="150 MB" parts=--omit=optional
  lock="$(cksum < "$onnx_dir/package-lock.json")"
  if [ "$(accelerator_in_use)" = cuda ]; then lock="$lock cuda" what="330 MB, CUDA's library included" parts=--include=optional; fi
  if [ -f "$onnx_dir/node_modules/.fetched" ] && [ "$(cat "$onnx_dir/node_modules/.fetched")" = "$lock" ]; then return; fi
  case "$(uname -s)/$(uname -m)" in
    Linux/x86_64) ;;
    *) fail "the registry in use does not serve Microsoft.ML.OnnxRuntime, and the npm package that stands in for it is used on Linux x64 \
only (this is $(uname -s) $(uname -m)). Add a NuGet source that serves it and run ./insight setup --again." ;;
  esac
  has npm || fail "the registry in use does not serve Microsoft.ML.OnnxRuntime, so its npm package is needed, and there is no npm on PATH. \
Install Node.js 20 or newer (on Debian: apt-get install nodejs npm), or add a NuGet source that serves it and run ./insight setup --again."
  step "fetching ONNX Runtime from npm ($what, once)"
  (cd "$onnx_dir" && npm ci "$parts" --ignore-scripts --no-audit --no-fund --loglevel=error) > "$state/npm.log" 2>&1 < /dev/null ||
    fail "npm ci in infra/build/onnxruntime failed; the log is in $state/npm.log. Its last lines: $(tail -n 3 "$state/npm.log")"
  # Other platforms' libraries take 350 MB that nothing here reads.
  find "$package" -type f -not -path "$package/Runtime/*" -not -path "$package/Plugins/Linux/x64/libonnxruntime.so" \
    -not -name LICENSE -not -name ThirdPartyNotices.txt -not -name package.json -delete
  find "$package" -type d -empty -delete
  if [ "$parts" = --include=optional ]; then
    [ -f "$package.linux-x64-gpu/Plugins/Linux/x64/libonnxruntime_providers_cuda.so" ] ||
      fail "npm did not fetch com.github.asus4.onnxruntime.linux-x64-gpu, which --accelerator cuda needs; the log is in $state/npm.log. \
Use a registry that serves it, or run ./insight setup --accelerator cpu."
    find "$package.linux-x64-gpu" -name '*tensorrt*' -delete
  fi
  printf '%s\n' "$lock" > "$onnx_dir/node_modules/.fetched"
}

# setup [--again] [--accelerator cpu|cuda]
setup() {
  local again=0 accelerator=""
  while [ $# -gt 0 ]; do
    case "$1" in
      --again) again=1 ;;
      --accelerator)
        accelerator="${2:-}"
        case "$accelerator" in cpu | cuda) ;; *) fail "--accelerator takes cpu or cuda, not '$accelerator'" ;; esac
        again=1
        shift ;;
      *) fail "setup knows --again and --accelerator cpu|cuda, not '$1'" ;;
    esac
    shift
  done
  require_dotnet
  if [ "$again" = 1 ] || [ ! -f "$packages_props" ] || [ ! -f "$state/packages.asked" ] ||
    [ "$(cat "$state/packages.asked")" != "$(question_fingerprint)" ]; then
    if [ -z "$accelerator" ] && [ -f "$packages_props" ]; then
      accelerator="$(accelerator_in_use)"
    fi
    ask_package_question "${accelerator:-cpu}"
  fi
  if onnx_from_npm; then fetch_onnx_runtime; fi
}
