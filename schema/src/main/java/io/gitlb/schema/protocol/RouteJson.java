// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.List;

/// The routes of a node in JSON.
final class RouteJson {

  private static final int FORMAT = 1;

  private RouteJson() {}

  static byte[] write(NodeName node, List<RouteLine> routes) {
    return JsonWriter.document(
        json -> {
          json.number("format", FORMAT);
          json.text("node", node.value());
          json.list("routes", routes, route -> json.object(() -> write(json, route)));
        });
  }

  private static void write(JsonWriter json, RouteLine route) {
    json.text("prefix", route.prefix().toString());
    route.localPreference().ifPresent(number -> json.number("localPreference", number));
    json.texts("communities", route.communities());
    PeerListJson.write(json, route.told());
    writeUntold(json, route.untold());
  }

  /// Numbered like the peers that have it.
  private static void writeUntold(JsonWriter json, SnapshotMap<PeerName, String> untold) {
    int next = json.numbered();
    boolean numbered = untold.size() >= PeerListJson.LONG;
    int number = numbered ? json.number(untold) : next;
    if (number < next) {
      json.number("untoldAs", number);
      return;
    }
    json.list(
        "untold",
        untold.entrySet(),
        peer ->
            json.object(
                () -> {
                  json.text("peer", peer.getKey().value());
                  json.text("reason", peer.getValue());
                }));
    if (numbered) {
      json.number("untoldAre", number);
    }
  }
}
