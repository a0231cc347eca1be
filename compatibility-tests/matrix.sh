#!/usr/bin/env bash
# Runs the tests of the jars, built once, with every supported Spring Boot on the oldest and the newest PostgreSQL and JDK,
# and prints what came of it. BOOTS, POSTGRESES and JDKS (17, 25) choose fewer: BOOTS=4.1.0 JDKS=25 compatibility-tests/matrix.sh
set -uo pipefail
cd "$(dirname "$0")/.."

boots=${BOOTS:-3.5.16 4.0.7 4.1.0}
postgreses=${POSTGRESES:-14.24.0 18.6.0}
jdks=${JDKS:-17 25}
logs=compatibility-tests/target/matrix
mvn=(mvn -B -ntp -Pcompatibility -DskipTests)

# The home of JDK $1: from JAVA_HOME_$1, or JAVA_HOME, or one of the usual places.
jdk_home() {
  local named="JAVA_HOME_$1" home
  for home in "${!named:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*"$1"* /opt/java/*"$1"* /opt/*jdk*"$1"* \
      "$HOME"/.sdkman/candidates/java/"$1"* /Library/Java/JavaVirtualMachines/*"$1"*/Contents/Home; do
    if [ -n "$home" ] && [ -x "$home/bin/javac" ] && "$home/bin/javac" -version 2>&1 | grep -q "^javac $1\b"; then
      echo "$home"
      return
    fi
  done
}

# One cell: its line of the table.
run() {
  local boot=$1 postgres=$2 jdk=$3 home log started result tests
  home=$(jdk_home "$jdk")
  log="$logs/boot-$boot-postgresql-$postgres-jdk-$jdk.log"
  started=$SECONDS
  if [ -z "$home" ]; then
    result="no JDK $jdk: set JAVA_HOME_$jdk"
  elif "${mvn[@]}" package -pl compatibility-tests -am -Dspotless.check.skip -Dcompatibility.spring-boot="$boot" -Dpostgres.version="$postgres" \
      -Dcompatibility.java="$home" > "$log" 2>&1; then
    result=passed
  else
    result="FAILED, see $log"
  fi
  tests=$(sed -n 's/.*Tests run: \([0-9]*\), Failures: [0-9]*, Errors: [0-9]*, Skipped: [0-9]*$/\1/p' "$log" 2> /dev/null | tail -1)
  printf '%-12s %-11s %-4s %6s %6ss  %s\n' "$boot" "$postgres" "$jdk" "${tests:--}" $((SECONDS - started)) "$result"
}

"${mvn[@]}" -q package -pl '!compatibility-tests' || exit 1
mkdir -p "$logs"
table=$(printf '%-12s %-11s %-4s %6s %7s  %s\n' "Spring Boot" PostgreSQL JDK tests time result)
for boot in $boots; do
  for postgres in $postgreses; do
    for jdk in $jdks; do
      line=$(run "$boot" "$postgres" "$jdk")
      echo "$line"
      table+=$'\n'$line
    done
  done
done

printf '\n%s\n' "$table"
[ -z "$(echo "$table" | tail -n +2 | grep -v 'passed$')" ]
