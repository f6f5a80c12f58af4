// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

import static io.gitlb.apiserver.resource.ResourceKind.Trait.CREATE_ON_PUT;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.DELETE_RETURNS_OBJECT;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.FIELD_OWNERS;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.GENERATION;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.NAMESPACED;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.RFC_1035_NAME;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.STATUS;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.STATUS_ON_CREATE;
import static io.gitlb.apiserver.resource.ResourceKind.Trait.VERSION_ON_PUT;

import io.gitlb.apiserver.resource.ResourceKind.SelectableField;
import io.gitlb.apiserver.resource.ResourceKind.Trait;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The table of kinds that are served. A further kind is a further line.
public final class ResourceKinds {
  private static final ListType BY_TYPE = new ListType.Keyed("type", List.of("type"));
  private static final ListType BY_NAME = new ListType.Keyed("name", List.of("name"));
  private static final ListType SET = new ListType.SetOfValues();

  /// Lists in the metadata of every kind.
  private static final Map<String, ListType> METADATA_LISTS =
      Map.of(
          "metadata.finalizers",
          SET,
          "metadata.ownerReferences",
          new ListType.Keyed("uid", List.of("uid")));

  public static final ResourceKind NAMESPACES =
      kind("", "v1", "namespaces", "Namespace", List.of("ns"), Set.of(STATUS))
          .fields("status.phase")
          .lists(Map.of("status.conditions", BY_TYPE));

  public static final ResourceKind SERVICES =
      kind(
              "",
              "v1",
              "services",
              "Service",
              List.of("svc"),
              Set.of(
                  NAMESPACED,
                  STATUS,
                  CREATE_ON_PUT,
                  FIELD_OWNERS,
                  RFC_1035_NAME,
                  DELETE_RETURNS_OBJECT))
          .fields("spec.type", "spec.clusterIP")
          .lists(
              Map.of(
                  "spec.ports",
                  new ListType.Keyed("port", List.of("port", "protocol")),
                  "spec.selector",
                  new ListType.AtomicMap(),
                  "status.conditions",
                  BY_TYPE));

  public static final ResourceKind NODES =
      kind("", "v1", "nodes", "Node", List.of("no"), Set.of(STATUS, STATUS_ON_CREATE))
          .field("spec.unschedulable", "false")
          .lists(
              Map.of(
                  "spec.podCIDRs", SET,
                  "status.conditions", BY_TYPE,
                  "status.addresses", BY_TYPE));

  /// Stored in this form; [#EVENTS_NEW] is the other spelling of the same objects.
  public static final ResourceKind EVENTS =
      kind("", "v1", "events", "Event", List.of("ev"), Set.of(NAMESPACED, CREATE_ON_PUT))
          .fields(
              "involvedObject.kind",
              "involvedObject.namespace",
              "involvedObject.name",
              "involvedObject.uid",
              "involvedObject.apiVersion",
              "involvedObject.resourceVersion",
              "involvedObject.fieldPath",
              "reason",
              "reportingComponent",
              "type")
          .field("source", List.of("source", "component"))
          .lists(Map.of());

  /// Events as `events.k8s.io/v1` spells them.
  public static final ResourceKind EVENTS_NEW =
      EVENTS.inGroup("events.k8s.io", withRegarding(EVENTS.selectableFields()));

  public static final ResourceKind PODS =
      kind("", "v1", "pods", "Pod", List.of("po"), Set.of(NAMESPACED, STATUS, GENERATION))
          .fields(
              "spec.nodeName",
              "spec.restartPolicy",
              "spec.schedulerName",
              "spec.serviceAccountName",
              "status.podIP",
              "status.phase")
          .lists(
              Map.of(
                  "spec.containers", BY_NAME,
                  "spec.initContainers", BY_NAME,
                  "spec.volumes", BY_NAME,
                  "status.conditions", BY_TYPE));

  public static final ResourceKind SECRETS =
      kind("", "v1", "secrets", "Secret", List.of(), Set.of(NAMESPACED))
          .fields("type")
          .lists(Map.of());

  public static final ResourceKind CONFIG_MAPS =
      kind("", "v1", "configmaps", "ConfigMap", List.of("cm"), Set.of(NAMESPACED)).lists(Map.of());

  public static final ResourceKind SERVICE_ACCOUNTS =
      kind(
              "",
              "v1",
              "serviceaccounts",
              "ServiceAccount",
              List.of("sa"),
              Set.of(NAMESPACED, DELETE_RETURNS_OBJECT))
          .lists(Map.of("secrets", BY_NAME, "imagePullSecrets", BY_NAME));

  public static final ResourceKind ENDPOINT_SLICES =
      kind(
              "discovery.k8s.io",
              "v1",
              "endpointslices",
              "EndpointSlice",
              List.of(),
              Set.of(NAMESPACED, GENERATION))
          .lists(Map.of());

  public static final ResourceKind LEASES =
      kind(
              "coordination.k8s.io",
              "v1",
              "leases",
              "Lease",
              List.of(),
              Set.of(NAMESPACED, CREATE_ON_PUT, VERSION_ON_PUT))
          .lists(Map.of());

  /// Where cluster IPs come from.
  public static final ResourceKind SERVICE_CIDRS =
      kind("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", List.of(), Set.of(STATUS))
          .lists(Map.of("status.conditions", BY_TYPE));

  private static final List<ResourceKind> ALL =
      List.of(
          CONFIG_MAPS,
          EVENTS,
          NAMESPACES,
          NODES,
          PODS,
          SECRETS,
          SERVICE_ACCOUNTS,
          SERVICES,
          LEASES,
          ENDPOINT_SLICES,
          EVENTS_NEW,
          SERVICE_CIDRS);

  private ResourceKinds() {}

  /// All kinds that are served, core first, by name within a group.
  public static List<ResourceKind> all() {
    return ALL;
  }

  /// The kind that a path names.
  public static Optional<ResourceKind> find(String group, String version, String plural) {
    return ALL.stream()
        .filter(kind -> kind.group().equals(group))
        .filter(kind -> kind.version().equals(version) && kind.plural().equals(plural))
        .findFirst();
  }

  /// The kind under whose spelling objects are stored.
  public static ResourceKind stored(ResourceKind kind) {
    return kind.equals(EVENTS_NEW) ? EVENTS : kind;
  }

  private static Map<String, SelectableField> withRegarding(Map<String, SelectableField> core) {
    Map<String, SelectableField> both = new TreeMap<>(core);
    core.forEach(
        (name, field) -> {
          if (name.startsWith("involvedObject.")) {
            both.put(name.replace("involvedObject.", "regarding."), field);
          }
        });
    both.put("reportingController", new SelectableField(List.of("reportingComponent"), ""));
    return both;
  }

  private static Line kind(
      String group,
      String version,
      String plural,
      String kind,
      List<String> shortNames,
      Set<Trait> traits) {
    return new Line(group, version, plural, kind, shortNames, traits, Map.of());
  }

  /// A line of the table while it is written.
  private record Line(
      String group,
      String version,
      String plural,
      String kind,
      List<String> shortNames,
      Set<Trait> traits,
      Map<String, SelectableField> selectable) {

    Line fields(String... dottedPaths) {
      Line line = this;
      for (String path : dottedPaths) {
        line = line.field(path, "");
      }
      return line;
    }

    Line field(String dottedPath, String ifAbsent) {
      return with(dottedPath, new SelectableField(List.of(dottedPath.split("\\.")), ifAbsent));
    }

    Line field(String name, List<String> path) {
      return with(name, new SelectableField(path, ""));
    }

    private Line with(String name, SelectableField field) {
      Map<String, SelectableField> more = new TreeMap<>(selectable);
      more.put(name, field);
      return new Line(group, version, plural, kind, shortNames, traits, more);
    }

    ResourceKind lists(Map<String, ListType> ownLists) {
      Map<String, ListType> lists = new TreeMap<>(METADATA_LISTS);
      lists.putAll(ownLists);
      return new ResourceKind(
          group,
          version,
          plural,
          kind,
          shortNames,
          traits,
          new TreeMap<>(selectable),
          new TreeMap<>(lists));
    }
  }
}
