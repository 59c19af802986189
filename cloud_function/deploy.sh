#!/usr/bin/env bash
# Puts the worker into a Google Cloud project, or brings what is there up to date: safe to repeat.
# With --dry-run it prints the commands and runs none of them.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: cloud_function/deploy.sh --project PROJECT (--workbook ID [--at 07:00] | --registry ID) [options]

  --workbook ID    one spreadsheet, every day at --at in --time-zone; may be repeated
  --registry ID    a spreadsheet that lists many, each with its own hours and time zone
  --at HH:MM       default 07:00
  --time-zone ZONE default America/Sao_Paulo
  --region REGION  default southamerica-east1 (Cloud Functions, Cloud Tasks and Cloud Scheduler are there)
  --accounts N     with --registry: N service accounts, each with its own quota (60 workbooks a minute); default 1
  --name NAME      what everything is called; default sheets-sync
  --dry-run        print the commands, run nothing
TEXT
}

project='' registry='' at=07:00 zone=America/Sao_Paulo region=southamerica-east1 accounts=1 name=sheets-sync dry=''
workbooks=()
stop() { printf '%s\n' "$1" >&2; exit 2; }
while (($#)); do
  case $1 in
    --dry-run) dry=yes; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --*) [[ ${2:-} && ${2:-} != --* ]] || { usage >&2; stop "$1 needs a value behind it"; } ;;
  esac
  case $1 in
    --project) project=$2 ;;
    --workbook) workbooks+=("$2") ;;
    --registry) registry=$2 ;;
    --at) at=$2 ;;
    --time-zone) zone=$2 ;;
    --region) region=$2 ;;
    --accounts) accounts=$2 ;;
    --name) name=$2 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift 2
done
[[ $project ]] || stop "--project is missing"
[[ $registry || ${#workbooks[@]} -gt 0 ]] || stop "--workbook or --registry is missing"
[[ ! $registry || ${#workbooks[@]} -eq 0 ]] || stop "either --workbook or --registry"
[[ $at =~ ^([01][0-9]|2[0-3]):[0-5][0-9]$ ]] || stop "--at is a time such as 07:00"
[[ $accounts =~ ^[1-5]$ ]] || stop "--accounts is 1 to 5: a project has no more quota than five accounts use"
[[ $registry || $accounts == 1 ]] || stop "--accounts is for --registry"
[[ -z $(printf '%s\n' ${workbooks[@]+"${workbooks[@]}"} | sort | uniq -d) ]] || stop "the same --workbook twice"
for id in ${workbooks[@]+"${workbooks[@]}"} ${registry:+"$registry"}; do
  [[ $id =~ ^[A-Za-z0-9_-]{30,100}$ ]] || stop "$id is no spreadsheet's id: it is the long part of its address, between /d/ and /edit"
done
[[ $name =~ ^[a-z][a-z0-9-]{5,20}$ ]] || stop "--name is 6 to 21 small letters, digits and hyphens"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# ── how commands are run ──────────────────────────────────────────────────────

cloud() { # changes something
  if [[ $dry ]]; then printf 'gcloud'; printf ' %q' "$@" "--project=$project"; printf '\n'; else gcloud "$@" "--project=$project" --quiet; fi
}
patiently() { # what was made a moment ago is not known everywhere at once
  local try
  for try in 1 2 3 4 5 6; do
    cloud "$@" && return
    printf 'again in a few seconds (%s)\n' "$try" >&2
    sleep "${DEPLOY_PAUSE:-5}"
  done
  return 1
}
there() { # asks whether something is there; a dry run takes an empty project
  [[ ! $dry ]] && gcloud "$@" "--project=$project" >/dev/null 2>&1
}
address_of() { # the address of a function
  if [[ $dry ]]; then printf 'https://%s.example' "$1"; else
    gcloud functions describe "$1" --gen2 "--region=$region" '--format=value(serviceConfig.uri)' "--project=$project"
  fi
}
step() { printf '\n== %s\n' "$1" >&2; }
numbered() { if (($2 == 1)); then printf '%s' "$1"; else printf '%s-%s' "$1" "$2"; fi; }
joined() { local IFS=$1; shift; printf '%s' "$*"; }

# ── what is there in the end ──────────────────────────────────────────────────

account() { # a service account without any role of the project: it sees the spreadsheets shared with it, nothing else
  there iam service-accounts describe "$1@$project.iam.gserviceaccount.com" ||
    cloud iam service-accounts create "$1" "--display-name=sheets_sync"
}

function_() { # name, entry point, service account, memory, variables
  cloud functions deploy "$1" --gen2 "--region=$region" --runtime=python313 "--source=$root" "--entry-point=$2" \
    --trigger-http --no-allow-unauthenticated "--run-service-account=$3" "--memory=$4" --cpu=1 --concurrency=4 \
    --min-instances=0 --max-instances=20 --timeout=540s \
    --set-build-env-vars=GOOGLE_FUNCTION_SOURCE=cloud_function/main.py,GOOGLE_PYTHON_PACKAGE_MANAGER=pip \
    "--build-service-account=projects/$project/serviceAccounts/$builder" "--set-env-vars=$5"
  patiently run services add-iam-policy-binding "$1" "--region=$region" "--member=serviceAccount:$caller" --role=roles/run.invoker
}

queue() { # the quota valve: a run writes once, and an account may write 60 times a minute
  local change=create
  there tasks queues describe "$1" "--location=$region" && change=update
  cloud tasks queues "$change" "$1" "--location=$region" --max-dispatches-per-second=0.96 --max-concurrent-dispatches=40 \
    --max-attempts=4 --min-backoff=60s --max-backoff=600s --max-doublings=3
  patiently tasks queues add-iam-policy-binding "$1" "--location=$region" "--member=serviceAccount:$caller" --role=roles/cloudtasks.enqueuer
}

job() { # name, schedule, time zone, address, body
  local change=create headers=--headers
  if there scheduler jobs describe "$1" "--location=$region"; then change=update headers=--update-headers; fi
  cloud scheduler jobs "$change" http "$1" "--location=$region" "--schedule=$2" "--time-zone=$3" "--uri=$4" --http-method=POST \
    "$headers=Content-Type=application/json" "--message-body=$5" "--oidc-service-account-email=$caller" \
    "--oidc-token-audience=$4" --attempt-deadline=900s --max-retry-attempts=3 --min-backoff=60s
}

step "APIs"
cloud services enable cloudresourcemanager.googleapis.com iam.googleapis.com cloudfunctions.googleapis.com run.googleapis.com cloudbuild.googleapis.com \
  artifactregistry.googleapis.com cloudtasks.googleapis.com cloudscheduler.googleapis.com sheets.googleapis.com

step "Service accounts"
caller=$name@$project.iam.gserviceaccount.com
emails=()
for ((n = 1; n <= accounts; n++)); do
  account "$(numbered "$name" "$n")"
  emails+=("$(numbered "$name" "$n")@$project.iam.gserviceaccount.com")
done
builder=$name-build@$project.iam.gserviceaccount.com
account "$name-build" # projects since 2024 have no other account that may build; the worker itself may not
patiently projects add-iam-policy-binding "$project" "--member=serviceAccount:$builder" --role=roles/cloudbuild.builds.builder --condition=None

if [[ $registry ]]; then
  # gcloud reads ^;^ as: the variables are separated by semicolons, since their values hold commas
  queues=() addresses=()
  for ((n = 1; n <= accounts; n++)); do
    step "sync and its queue, $n of $accounts"
    sync=$(numbered "$name-sync" "$n")
    function_ "$sync" sync "${emails[n - 1]}" 1Gi "^;^SHEETS_SYNC_REGISTRY=$registry"
    queue "$sync"
    queues+=("projects/$project/locations/$region/queues/$sync")
    addresses+=("$(address_of "$sync")")
  done
  step "dispatch, every hour"
  patiently iam service-accounts add-iam-policy-binding "$caller" "--member=serviceAccount:$caller" --role=roles/iam.serviceAccountUser
  function_ "$name-dispatch" dispatch "$caller" 512Mi "^;^SHEETS_SYNC_REGISTRY=$registry;SHEETS_SYNC_INVOKER=$caller;SHEETS_SYNC_QUEUES=$(joined , "${queues[@]}");SHEETS_SYNC_URLS=$(joined , "${addresses[@]}")"
  job "$name-dispatch" '0 * * * *' Etc/UTC "$(address_of "$name-dispatch")" '{}'
  jobs=("$name-dispatch")
else
  step "sync"
  function_ "$name-sync" sync "$caller" 1Gi "^;^SHEETS_SYNC_WORKBOOKS=$(joined , "${workbooks[@]}")"
  step "Every day at $at ($zone)"
  jobs=()
  for ((n = 1; n <= ${#workbooks[@]}; n++)); do
    job=$(numbered "$name" "$n")
    jobs+=("$job")
    job "$job" "$((10#${at#*:})) $((10#${at%:*})) * * *" "$zone" "$(address_of "$name-sync")" "{\"workbook\": \"${workbooks[n - 1]}\"}"
  done
fi

step "Jobs of an earlier deployment"
if [[ ! $dry ]]; then # who is no longer in the list must not be called any more
  gcloud scheduler jobs list "--location=$region" '--format=value(name.basename())' "--project=$project" | while read -r job; do
    [[ $job =~ ^$name(-[0-9]+|-dispatch)?$ && " ${jobs[*]} " != *" $job "* ]] || continue
    cloud scheduler jobs delete "$job" "--location=$region" </dev/null
  done
fi

if [[ $dry ]]; then printf '\nNothing was done. It would end with:\n'; else printf '\nDone.\n'; fi
seen='table(timestamp,jsonPayload.door,jsonPayload.outcome,jsonPayload.code,jsonPayload.tasks,jsonPayload.questions)'
cat <<TEXT
Share each spreadsheet, as Editor, with:
$(printf '  %s\n' "${emails[@]}")
$([[ $registry ]] && printf 'and the registry, as Viewer, with all of these.\n')
Try it now:
$(printf "  gcloud scheduler jobs run %s --location=$region --project=$project\n" "${jobs[@]}")
$([[ $registry ]] && printf '  (it does what the registry has for the hour that has begun: write this hour into a row first)\n')
and see a minute later what it did:
  gcloud logging read 'jsonPayload.message="sheets_sync"' --freshness=1h --limit=20 --format='$seen' --project=$project
TEXT
