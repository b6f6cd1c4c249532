# Sourced by the scripts of the benchmarks: finds the JDK.

needed=25

# Prints the home of the first JDK that is new enough: POSTERN_JAVA_HOME, JAVA_HOME, the java on the
# PATH, the usual places. Fails when there is none.
find_java_home() (
  on_path=$(command -v java) && on_path=$(dirname -- "$(dirname -- "$(readlink -f -- "$on_path")")")
  for home in "${POSTERN_JAVA_HOME:-}" "${JAVA_HOME:-}" "${on_path:-}" \
    /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/*; do
    if [ -n "$home" ] && [ -r "$home/release" ] && [ -x "$home/bin/java" ]; then
      version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
      if [ "${version:-0}" -ge "$needed" ]; then
        printf '%s\n' "$home"
        return
      fi
    fi
  done
  return 1
)
