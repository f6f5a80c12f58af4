// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

/// Who made a connection.
enum Initiator {
  WE,
  PEER
}
