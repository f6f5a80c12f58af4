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

  /// Who it is and what to do about it, in words that follow "announces it, and ".
  String words() {
    return switch (kind) {
      case FOREIGN ->
          mac
              + ", which is no node of the cluster, claims it too; give one of the two another"
              + " address";
      case OTHER_ANNOUNCER_ON_NODE ->
          mac
              + " of another node answers for it too; stop other software that announces it on that"
              + " node, or, when it is the node's kernel, set strictARP of kube-proxy or"
              + " net.ipv4.conf.all.arp_ignore=1";
      case KERNEL_ANSWERS ->
          mac
              + " is one of the kernels that answer for it too; set strictARP of kube-proxy, or"
              + " net.ipv4.conf.all.arp_ignore=1 on all nodes";
    };
  }
}
