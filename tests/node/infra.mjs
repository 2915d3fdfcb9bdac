// Checks the deployment files under a folder: node infra.mjs INFRA. Ends with one line of JSON: what was checked, and every problem.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse as parseHcl } from "@cdktf/hcl2json";
import { parseAllDocuments } from "yaml";

const root = process.argv[2];
const problems = [];
let resources = 0;

const filesOf = (folder, ...ends) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(root, folder, name))
    .filter((name) => ends.some((end) => name.endsWith(end)));
const problem = (file, text) => problems.push(`${relative(root, file)}: ${text}`);

function yamlOf(file) {
  const documents = parseAllDocuments(readFileSync(file, "utf8"), { uniqueKeys: true, strict: true, merge: true });
  for (const document of documents) for (const fault of [...document.errors, ...document.warnings]) problem(file, fault.message);
  return documents.filter((document) => document.errors.length === 0).map((document) => document.toJS());
}

const covers = (labels, selector) =>
  selector && Object.keys(selector).length > 0 && Object.entries(selector).every(([name, value]) => labels?.[name] === value);

// --- Kubernetes: each object against the schema of its kind, and what the schemas cannot say ---

async function checkObject(file, object) {
  resources++;
  if (object.kind === "Secret") problem(file, "a Secret is in the repository; refer to one instead");
  const path = object.apiVersion === "v1" ? "v1" : object.apiVersion;
  let model;
  try {
    model = (await import(`kubernetes-models/${path}/${object.kind}`))[object.kind];
  } catch {
    problem(file, `there is no kind ${object.kind} in ${object.apiVersion}`);
    return;
  }

  try {
    new model(object).validate();
  } catch (fault) {
    problem(file, `${object.kind} ${object.metadata?.name}: ${fault.message}`);
  }
}

function checkKustomization(file, kustomization) {
  const folder = dirname(file);
  const listed = [...(kustomization.resources ?? [])];
  for (const name of listed) if (!existsSync(join(folder, name))) problem(file, `resource ${name} does not exist`);
  for (const name of readdirSync(folder)) {
    const isResource = name.endsWith(".yaml") && name !== "kustomization.yaml";
    if (isResource && !listed.includes(name)) problem(file, `${name} is not among the resources`);
  }
}

function checkPods(file, object, all) {
  const pod = object.spec.template.spec;
  const labels = object.spec.template.metadata.labels;
  if (!covers(labels, object.spec.selector?.matchLabels)) problem(file, `${object.kind}: the selector does not match the pod's labels`);
  if (!pod.securityContext?.runAsNonRoot) problem(file, "the pod may run as root");
  const claims = (object.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata);
  const volumes = [...(pod.volumes ?? []), ...claims].map((volume) => volume.name);
  for (const container of pod.containers) {
    const security = container.securityContext ?? {};
    if (security.allowPrivilegeEscalation !== false || !security.readOnlyRootFilesystem || !security.capabilities?.drop?.includes("ALL")) {
      problem(file, `container ${container.name} has more rights than it needs`);
    }
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const port = container[probe]?.httpGet?.port;
      if (!container.ports.some((open) => open.name === port)) problem(file, `container ${container.name}: ${probe} asks at no port of it`);
    }
    const { requests, limits } = container.resources ?? {};
    if (!requests?.memory || !limits?.memory) problem(file, `container ${container.name} has no bounds on memory`);
    for (const mount of container.volumeMounts ?? []) if (!volumes.includes(mount.name)) problem(file, `there is no volume ${mount.name}`);
    for (const { configMapRef } of container.envFrom ?? []) requireObject(file, all, "ConfigMap", configMapRef?.name);
    for (const variable of container.env ?? []) {
      if (/key|secret|password/i.test(variable.name) && variable.value !== undefined) problem(file, `${variable.name} is written out`);
    }
  }

  const account = all.some(({ object: other }) => other.kind === "ServiceAccount" && other.metadata.name === pod.serviceAccountName);
  if (!account) problem(file, `there is no ServiceAccount ${pod.serviceAccountName}`);
  for (const kind of ["Service", "PodDisruptionBudget", "NetworkPolicy"]) {
    const isFound = all.some(({ object: other }) => other.kind === kind
      && covers(labels, other.spec.podSelector?.matchLabels ?? other.spec.selector?.matchLabels ?? other.spec.selector));
    if (!isFound) problem(file, `no ${kind} is for these pods`);
  }
}

function requireObject(file, all, kind, name) {
  if (!all.some(({ object }) => object.kind === kind && object.metadata?.name === name)) problem(file, `there is no ${kind} ${name}`);
}

function checkReferences(file, object, all) {
  if (object.kind === "HorizontalPodAutoscaler") requireObject(file, all, object.spec.scaleTargetRef.kind, object.spec.scaleTargetRef.name);
  if (object.kind !== "RoleBinding") return;
  requireObject(file, all, object.roleRef.kind, object.roleRef.name);
  for (const subject of object.subjects ?? []) requireObject(file, all, subject.kind, subject.name);
}

async function checkKubernetes() {
  const all = filesOf("kubernetes", ".yaml").flatMap((file) => yamlOf(file).map((object) => ({ file, object })));
  for (const { file, object } of all) {
    if (object.kind === "Kustomization") checkKustomization(file, object);
    else await checkObject(file, object);
  }
  for (const { file, object } of all) {
    if (object.spec?.template?.spec) checkPods(file, object, all);
    checkReferences(file, object, all);
  }
}

// --- Terraform: the syntax, every reference, and what a variable and an output have to say ---

async function checkTerraform() {
  const files = filesOf("terraform", ".tf", ".tfvars");
  const parsed = [];
  for (const file of files) {
    try {
      parsed.push({ file, tree: await parseHcl(file, readFileSync(file, "utf8")) });
    } catch (fault) {
      problem(file, String(fault.message ?? fault).split("\n")[0]);
    }
  }

  const names = (kind) => parsed.flatMap(({ tree }) => Object.entries(tree[kind] ?? {}));
  const variables = names("variable").map(([name]) => name);
  const declared = new Set([
    ...variables.map((name) => `var.${name}`),
    ...names("resource").flatMap(([type, of]) => Object.keys(of).map((name) => `${type}.${name}`)),
    ...names("data").flatMap(([type, of]) => Object.keys(of).map((name) => `data.${type}.${name}`)),
  ]);
  for (const { file, tree } of parsed) {
    const text = JSON.stringify(tree);
    for (const [reference] of text.matchAll(/\b(?:var\.\w+|data\.azurerm_\w+\.\w+|(?<!data\.)\bazurerm_\w+\.\w+)/g)) {
      if (!declared.has(reference)) problem(file, `${reference} is not declared`);
    }
    if (/"\w*(password|secret_value|connection_string|access_key)":/i.test(text)) problem(file, "a secret is set");
    resources += Object.values(tree.resource ?? {}).reduce((sum, of) => sum + Object.keys(of).length, 0);
    for (const [name, [variable]] of Object.entries(tree.variable ?? {})) {
      const isWhole = variable.description && variable.type && variable.validation;
      if (!isWhole) problem(file, `variable ${name} lacks a description, type or validation`);
      const isUsed = parsed.some((other) => other.file !== file && JSON.stringify(other.tree).includes(`var.${name}`));
      if (!isUsed) problem(file, `variable ${name} is not used`);
    }
    for (const [name, [output]] of Object.entries(tree.output ?? {})) {
      if (!output.description || output.sensitive) problem(file, `output ${name} lacks a description or is a secret`);
    }
    const given = file.endsWith(".tfvars") ? Object.keys(tree) : [];
    for (const name of given) if (!variables.includes(name)) problem(file, `there is no variable ${name}`);
  }
}

// --- Compose: every reference within the file and to files beside it ---

function checkCompose() {
  const file = join(root, "docker", "compose.yaml");
  const [compose] = yamlOf(file);
  for (const [name, service] of Object.entries(compose?.services ?? {})) {
    resources++;
    if (!service.build && !/:[\w][\w.-]*$/.test(service.image)) problem(file, `service ${name} has an image without a version`);
    if (/:latest$/.test(service.image)) problem(file, `service ${name} takes any version`);
    for (const other of service.depends_on ?? []) {
      if (!compose.services[other]) problem(file, `service ${name} waits for ${other}, which is none`);
    }
    for (const port of service.ports ?? []) {
      if (!String(port).startsWith("127.0.0.1:")) problem(file, `service ${name} opens ${port} to other machines`);
    }
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(":");
      const isThere = source.startsWith(".") ? existsSync(join(dirname(file), source)) : source in compose.volumes;
      if (!isThere) problem(file, `service ${name}: there is no ${source}`);
    }
  }

  const hubs = join(root, "docker", "event-hubs.json");
  try {
    const [space] = JSON.parse(readFileSync(hubs, "utf8")).UserConfig.NamespaceConfig;
    if (!space.Entities.some((hub) => hub.Name === "clicks")) problem(hubs, "it has no hub clicks");
  } catch (fault) {
    problem(hubs, fault.message);
  }
}

await checkKubernetes();
await checkTerraform();
checkCompose();
console.log(JSON.stringify({ resources, problems }));
process.exit(0);
