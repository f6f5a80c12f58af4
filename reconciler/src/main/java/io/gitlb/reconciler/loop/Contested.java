// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.value.MacAddress;

/// Who else a speaker hears claim an address that it announces, without the times: those change
/// with each frame.
record Contested(MacAddress mac, ConflictKind kind) {

  static Contested of(Conflict conflict) {
    return new Contested(conflict.macAddress(), conflict.kind());
  }

  /// See [ConflictKind#words].
  String words() {
    return kind.words(mac);
  }
}
