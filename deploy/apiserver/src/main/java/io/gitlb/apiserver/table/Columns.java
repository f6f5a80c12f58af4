// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.table;

import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.resource.ResourceKinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// Which columns a kind has and what stands in them.
final class Columns {
  private static final String NONE = "<none>";

  private Columns() {}

  /// One column.
  ///
  /// @param heading as kubectl prints it, in capitals there
  /// @param width whether it is only shown with `-o wide`
  /// @param cell text of one object
  record Column(String heading, Width width, Cell cell) {}

  enum Width {
    ALWAYS,
    WIDE
  }

  /// Text of one object at one time.
  @FunctionalInterface
  interface Cell {
    String of(JsonNode object, Instant now);
  }

  private static Column column(String heading, Cell cell) {
    return new Column(heading, Width.ALWAYS, cell);
  }

  private static Column wide(String heading, Cell cell) {
    return new Column(heading, Width.WIDE, cell);
  }

  private static final Column NAME =
      column("Name", (object, _) -> JsonTree.text(object, "metadata", "name"));
  private static final Column AGE =
      column(
          "Age",
          (object, now) -> Age.since(JsonTree.text(object, "metadata", "creationTimestamp"), now));

  /// Qualified plural → columns (1:1); a kind without an entry shows name and age.
  private static final Map<String, List<Column>> BY_KIND =
      new TreeMap<>(
          Map.of(
              ResourceKinds.SERVICES.qualifiedPlural(),
              List.of(
                  NAME,
                  column("Type", at("spec", "type")),
                  column("Cluster-IP", at("spec", "clusterIP")),
                  column("External-IP", (service, _) -> externalIp(service)),
                  column("Port(s)", (service, _) -> ports(service)),
                  AGE,
                  wide("Selector", (service, _) -> labels(service.path("spec").path("selector")))),
              ResourceKinds.NODES.qualifiedPlural(),
              List.of(
                  NAME,
                  column("Status", (node, _) -> nodeStatus(node)),
                  column("Roles", (node, _) -> roles(node)),
                  AGE,
                  column("Version", at("status", "nodeInfo", "kubeletVersion")),
                  wide("Internal-IP", (node, _) -> nodeAddress(node, "InternalIP")),
                  wide("External-IP", (node, _) -> nodeAddress(node, "ExternalIP")),
                  wide("OS-Image", at("status", "nodeInfo", "osImage")),
                  wide("Kernel-Version", at("status", "nodeInfo", "kernelVersion")),
                  wide("Container-Runtime", at("status", "nodeInfo", "containerRuntimeVersion"))),
              ResourceKinds.NAMESPACES.qualifiedPlural(),
              List.of(NAME, column("Status", at("status", "phase")), AGE),
              ResourceKinds.EVENTS.qualifiedPlural(),
              List.of(
                  column("Last Seen", (event, now) -> Age.since(lastSeen(event), now)),
                  column("Type", at("type")),
                  column("Reason", at("reason")),
                  column("Object", (event, _) -> involved(event)),
                  wide("Subobject", at("involvedObject", "fieldPath")),
                  wide("Source", (event, _) -> source(event)),
                  column("Message", (event, _) -> JsonTree.text(event, "message").strip()),
                  wide("First Seen", (event, now) -> Age.since(firstSeen(event), now)),
                  wide("Count", (event, _) -> Integer.toString(count(event))),
                  wide("Name", at("metadata", "name"))),
              ResourceKinds.LEASES.qualifiedPlural(),
              List.of(NAME, column("Holder", at("spec", "holderIdentity")), AGE),
              ResourceKinds.ENDPOINT_SLICES.qualifiedPlural(),
              List.of(
                  NAME,
                  column("AddressType", at("addressType")),
                  column("Ports", (slice, _) -> joined(slice.path("ports"), "port")),
                  column("Endpoints", (slice, _) -> endpoints(slice)),
                  AGE),
              ResourceKinds.SERVICE_CIDRS.qualifiedPlural(),
              List.of(NAME, column("CIDRs", (range, _) -> cidrs(range)), AGE),
              ResourceKinds.PODS.qualifiedPlural(),
              List.of(NAME, column("Status", at("status", "phase")), AGE),
              ResourceKinds.SECRETS.qualifiedPlural(),
              List.of(
                  NAME,
                  column("Type", at("type")),
                  column("Data", (secret, _) -> Integer.toString(secret.path("data").size())),
                  AGE),
              ResourceKinds.CONFIG_MAPS.qualifiedPlural(),
              List.of(
                  NAME,
                  column("Data", (map, _) -> Integer.toString(map.path("data").size())),
                  AGE)));

  static List<Column> of(ResourceKind kind) {
    String plural = ResourceKinds.stored(kind).qualifiedPlural();
    return BY_KIND.getOrDefault(plural, List.of(NAME, AGE));
  }

  private static Cell at(String... path) {
    return (object, _) -> orNone(JsonTree.text(object, path));
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }

  private static String externalIp(JsonNode service) {
    List<String> external = JsonTree.texts(service.path("spec").path("externalIPs"));
    return switch (JsonTree.text(service, "spec", "type")) {
      case "LoadBalancer" -> {
        TreeSet<String> given = new TreeSet<>();
        for (JsonNode entry : service.path("status").path("loadBalancer").path("ingress")) {
          String ip = JsonTree.text(entry, "ip");
          given.add(ip.isEmpty() ? JsonTree.text(entry, "hostname") : ip);
        }
        List<String> all = new ArrayList<>(given);
        all.addAll(external);
        yield all.isEmpty() ? "<pending>" : String.join(",", all);
      }
      case "ExternalName" -> JsonTree.text(service, "spec", "externalName");
      default -> orNone(String.join(",", external));
    };
  }

  private static String ports(JsonNode service) {
    List<String> texts = new ArrayList<>();
    for (JsonNode port : service.path("spec").path("ports")) {
      int nodePort = JsonTree.number(port, "nodePort");
      texts.add(
          JsonTree.number(port, "port")
              + (nodePort > 0 ? ":" + nodePort : "")
              + "/"
              + JsonTree.text(port, "protocol"));
    }
    return orNone(String.join(",", texts));
  }

  private static String labels(JsonNode labels) {
    return orNone(
        labels.properties().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue().asString(""))
            .sorted()
            .collect(Collectors.joining(",")));
  }

  private static String nodeStatus(JsonNode node) {
    String status = "Unknown";
    for (JsonNode condition : node.path("status").path("conditions")) {
      if (JsonTree.text(condition, "type").equals("Ready")) {
        status = JsonTree.text(condition, "status").equals("True") ? "Ready" : "NotReady";
      }
    }
    boolean cordoned = node.path("spec").path("unschedulable").asBoolean(false);
    return cordoned ? status + ",SchedulingDisabled" : status;
  }

  private static String roles(JsonNode node) {
    String prefix = "node-role.kubernetes.io/";
    return orNone(
        node.path("metadata").path("labels").propertyNames().stream()
            .filter(label -> label.startsWith(prefix))
            .map(label -> label.substring(prefix.length()))
            .sorted()
            .collect(Collectors.joining(",")));
  }

  private static String nodeAddress(JsonNode node, String type) {
    for (JsonNode address : node.path("status").path("addresses")) {
      if (JsonTree.text(address, "type").equals(type)) {
        return JsonTree.text(address, "address");
      }
    }
    return NONE;
  }

  private static String firstOf(JsonNode event, List<List<String>> places) {
    return places.stream()
        .map(place -> JsonTree.text(event, place.toArray(String[]::new)))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String lastSeen(JsonNode event) {
    return firstOf(
        event,
        List.of(
            List.of("series", "lastObservedTime"),
            List.of("lastTimestamp"),
            List.of("firstTimestamp"),
            List.of("eventTime")));
  }

  private static String firstSeen(JsonNode event) {
    return firstOf(event, List.of(List.of("firstTimestamp"), List.of("eventTime")));
  }

  private static int count(JsonNode event) {
    int series = JsonTree.number(event.path("series"), "count");
    return series > 0 ? series : Math.max(1, JsonTree.number(event, "count"));
  }

  private static String involved(JsonNode event) {
    String kind = JsonTree.text(event, "involvedObject", "kind");
    String name = JsonTree.text(event, "involvedObject", "name");
    return kind.toLowerCase(java.util.Locale.ROOT) + (name.isEmpty() ? "" : "/" + name);
  }

  private static String source(JsonNode event) {
    String component =
        firstOf(event, List.of(List.of("source", "component"), List.of("reportingComponent")));
    String host = firstOf(event, List.of(List.of("source", "host"), List.of("reportingInstance")));
    return host.isEmpty() ? component : component + ", " + host;
  }

  private static String joined(JsonNode list, String field) {
    return orNone(
        StreamSupport.stream(list.spliterator(), false)
            .map(entry -> JsonTree.text(entry, field))
            .collect(Collectors.joining(",")));
  }

  private static String cidrs(JsonNode range) {
    return orNone(String.join(",", JsonTree.texts(range.path("spec").path("cidrs"))));
  }

  private static String endpoints(JsonNode slice) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode endpoint : slice.path("endpoints")) {
      addresses.addAll(JsonTree.texts(endpoint.path("addresses")));
    }
    return addresses.size() <= 3
        ? orNone(String.join(",", addresses))
        : String.join(",", addresses.subList(0, 3))
            + " + %d more...".formatted(addresses.size() - 3);
  }
}
