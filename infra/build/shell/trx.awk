# Reads one trx file (VSTest's XML results). Prints one line a result that did not pass:
#   outcome TAB test name TAB message (one line)
# and at the end: totals TAB passed TAB failed TAB skipped.
function plain(text) {
  gsub(/&#x[dD];/, "", text); gsub(/&#x[aA];/, " ", text); gsub(/[\r\n\t]+/, " ", text)
  gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;|&#39;/, "'", text)
  gsub(/&amp;/, "\\&", text)
  gsub(/  +/, " ", text)
  return text
}
function attribute(tag, name,    rest) {
  if (!match(tag, " " name "=\"[^\"]*\"")) return ""
  rest = substr(tag, RSTART, RLENGTH)
  sub(/^[^"]*"/, "", rest); sub(/"$/, "", rest)
  return plain(rest)
}
# A record is what stands between two "<": a tag, and the text after it.
BEGIN { RS = "<" }
/^UnitTestResult / {
  name = attribute($0, "testName"); outcome = attribute($0, "outcome"); message = ""
  if ($0 ~ /\/>[ \r\n\t]*$/) finish()
  else open = 1
}
open && /^Message>/ { message = plain(substr($0, 9)) }
/^\/UnitTestResult>/ { finish() }
function finish() {
  open = 0
  if (outcome == "Passed") passed++
  else if (outcome == "NotExecuted") { skipped++; print "skipped\t" name "\t" message }
  else { failed++; print "failed\t" name "\t" message }
}
END { print "totals\t" passed + 0 "\t" failed + 0 "\t" skipped + 0 }
