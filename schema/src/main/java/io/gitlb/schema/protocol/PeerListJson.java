// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.PeerName;
import java.util.Collection;
import java.util.List;

/// The peers of a route or an address in JSON. A long list has a number where it comes first,
/// `peersAre`, and is that number from then on, `peersAs`: a hundred peers beside each of 10,000
/// routes would be a document of 13 MB.
final class PeerListJson {

  /// Shorter lists are written out: people read them.
  static final int LONG = 8;

  private PeerListJson() {}

  private record ListNumber(long value) {}

  static void write(JsonWriter json, Collection<PeerName> peers) {
    if (peers.size() < LONG) {
      json.texts("peers", peers);
      return;
    }
    int next = json.numbered();
    int number = json.number(List.copyOf(peers));
    if (number < next) {
      json.number("peersAs", number);
    } else {
      json.texts("peers", peers);
      json.number("peersAre", number);
    }
  }

  /// The value of `peers`.
  static List<PeerName> read(JsonReader json) {
    return List.copyOf(json.list(() -> json.once(json.text(), PeerName::new)));
  }

  /// The value of `peersAre`.
  ///
  /// @param peers what was read before
  static void readNumber(JsonReader json, List<PeerName> peers) {
    List<PeerName> _ = json.once(number(json), _ -> peers);
  }

  /// The value of `peersAs`.
  static List<PeerName> readReference(JsonReader json) {
    return json.once(
        number(json),
        number -> {
          throw json.malformed("no list of peers before this has the number " + number.value());
        });
  }

  private static ListNumber number(JsonReader json) {
    return new ListNumber(json.number(0, Integer.MAX_VALUE));
  }
}
