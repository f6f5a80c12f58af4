// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.NodeName;
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
    json.texts("peers", route.told());
    json.list(
        "untold",
        route.untold().entrySet(),
        peer ->
            json.object(
                () -> {
                  json.text("peer", peer.getKey().value());
                  json.text("reason", peer.getValue());
                }));
  }
}
