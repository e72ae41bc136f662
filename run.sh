#!/usr/bin/env bash
# The phases of the action as containers: run.sh rounds | publish | gate; action.yml calls it.
# All comes from the environment, and reaches a container by its name, so that no value becomes part of a command:
# the runner's variables; INPUT_* as in scanner/inputs.py; MODELWARD_IMAGE (empty: built from the action's folder);
# MODELWARD_NETWORK (Docker's, for collect and publish; empty: its own); for rounds MODELWARD_ARTIFACT_NAME; for
# publish and gate MODELWARD_WORK, the folder of rounds; for publish MODELWARD_SBOM_URL and MODELWARD_REPORT_URL.
set -euo pipefail
die() { printf '::error title=Modelward::%s\n' "$1" && exit "${2:-4}"; }
output() { printf '%s=%s\n' "$@" >>"$GITHUB_OUTPUT"; }
plain() { [[ -z $(find "$work/$1" ! -type f,d -print -quit) ]] || die "$1 holds more than files: nothing of it is used"; }
[[ $(uname -s) == Linux ]] || die 'this action needs a Linux runner: set runs-on to one, such as ubuntu-latest'
docker version >/dev/null 2>&1 || die 'no Docker engine answers: use a runner that has Docker running'

image=${MODELWARD_IMAGE:-} work=${MODELWARD_WORK:-} name=modelward-$$-$RANDOM user=$(id -u):$(id -g)
[[ $user != 0:* ]] || user=65532:65532 # nothing runs as root, also where the runner does
proxies=(--env={HTTP,HTTPS,NO}_PROXY --env={http,https,no}_proxy) inputs=("${!INPUT_@}")
facts=(--env=GITHUB_EVENT_PATH=/event.json
    --env=GITHUB_{ACTIONS,ACTOR,API_URL,EVENT_NAME,GRAPHQL_URL,REPOSITORY,REF,RUN_ATTEMPT,RUN_ID,SERVER_URL,SHA})

stop() { docker rm --force "$name" >/dev/null 2>&1 || true; }
# No container outlives this script, no evidence outlives its rounds, and the report is the caller's in the end.
clean() {
    stop
    rm -rf -- "${work:-/nonexistent}/evidence"
    [[ $user != 65532:* || ! -d $work ]] || chown -hR "$(id -u):$(id -g)" "$work/report"
}
trap clean EXIT && trap 'exit 130' HUP INT TERM

# contain SECONDS OPTION... -- IMAGE ARGUMENT...; in the background, so that a cancelled job is heard at once.
contain() {
    timeout --kill-after=5 "$1" docker run --rm --name "$name" --user "$user" --read-only --cap-drop ALL \
        --security-opt no-new-privileges --pids-limit 512 --memory 4g --memory-swap 4g --log-driver none \
        --ipc none --tmpfs /tmp:rw,noexec,nosuid,nodev,size=1g,mode=1777 "${@:2}" &
    wait $! || { local status=$? && stop && return "$status"; } # the client was stopped, but not the container
}

# The same with a network, the facts of the run, its event, the inputs and the proxies.
speak() {
    contain "$1" "${facts[@]}" "${inputs[@]/#/--env=}" "${proxies[@]}" \
        ${MODELWARD_NETWORK:+--network "$MODELWARD_NETWORK"} --volume "$work/event.json:/event.json:ro" "${@:2}"
}

# Nothing of the job but the evidence, not even the proxies that Docker adds; what it prints is no command.
scan() {
    local word && word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$word"
    contain 1800 --network none "${proxies[@]/%/=}" --volume "$work/evidence:/evidence:ro" \
        --volume "$work/report:/report" -- "$image" scan --evidence /evidence --output /report 2>&1 || local status=$?
    printf '\n::%s::\n' "$word"
    plain report # an upload would follow a link
    [[ -f $work/report/report.json ]] ||
        die "scan left no report (status ${status:-0}): it failed, or needed more than 30 minutes or 4 GiB"
}

rounds() {
    local mounts=() asked=() host=() # the first two are of a later round
    [[ ${MODELWARD_NETWORK:-} != host ]] || host=(--network host)
    work=$(mktemp -d "$RUNNER_TEMP/modelward-XXXXXXXX")
    mkdir -- "$work"/{evidence,report,said} && touch -- "$work"/said/{output,summary}
    [[ $user != 65532:* ]] || chown -R "$user" "$work"/{evidence,report,said}
    install -m 444 -- "$GITHUB_EVENT_PATH" "$work/event.json"
    [[ -n $image ]] ||
        image=$(docker build --quiet "${host[@]}" --build-arg={BASE,BUILD,SYFT}_IMAGE "$GITHUB_ACTION_PATH") ||
        die 'the image could not be built: see above'
    docker image inspect -- "$image" >/dev/null 2>&1 || docker pull --quiet -- "$image" ||
        docker pull --quiet -- "$image" || die 'the image could not be pulled: see above, then run again'
    output image "$image" work "$work"
    [[ $GITHUB_EVENT_NAME != workflow_run ]] || return 0 # the report is that of the run before this
    for _ in {1..8}; do
        speak 1800 --volume "$work/evidence:/evidence" "${mounts[@]}" -- "$image" \
            collect --evidence /evidence "${asked[@]}" || die 'collect failed: see above' $?
        scan
        ! grep -q '^  "requests": \[\]' "$work/report/requests.json" || break
        ! cmp -s -- "$work/report/requests.json" "$work/asked.json" || break # it asks nothing new
        cp -- "$work/report/requests.json" "$work/asked.json"
        mounts=(--volume "$work/asked.json:/asked.json:ro") asked=(--requests /asked.json)
    done
    output report "$work/report"
    local sbom=$work/$MODELWARD_ARTIFACT_NAME.cdx.json # a file that is uploaded un-zipped keeps its name
    [[ ! -f $work/report/sbom.cdx.json ]] || { cp -- "$work/report/sbom.cdx.json" "$sbom" && output sbom "$sbom"; }
}

# The runner's own files are not mounted: what is for them, and what a next step signs, passes through a folder.
publish() {
    GITHUB_OUTPUT=/said/output GITHUB_STEP_SUMMARY=/said/summary MODELWARD_ATTESTATION=/said speak 900 \
        --volume "$work/report:$work/report:ro" --volume "$work/said:/said" --env=GITHUB_{OUTPUT,STEP_SUMMARY} \
        --env=MODELWARD_{ATTESTATION,SBOM_URL,REPORT_URL} -- "$image" publish --report "$work/report" || local status=$?
    plain said
    cat -- "$work/said/output" >>"$GITHUB_OUTPUT" && cat -- "$work/said/summary" >>"$GITHUB_STEP_SUMMARY"
    [[ ! -f $work/said/verdict.svr.json ]] || output predicate "$work/said/verdict.svr.json"
    [[ ! -f $work/said/subjects.sha256 ]] || output subjects "$work/said/subjects.sha256"
    return "${status:-0}"
}

gate() {
    contain 120 --network none "${facts[@]}" --volume "$work/event.json:/event.json:ro" \
        --volume "$work/report:$work/report:ro" -- "$image" gate --report "$work/report"
}
case ${1:-} in rounds | publish | gate) "$1" ;; *) die 'run.sh is told rounds, publish or gate' 2 ;; esac
