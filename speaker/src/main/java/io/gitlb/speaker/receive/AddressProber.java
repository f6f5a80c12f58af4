// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeRequest;

/// Finds out who uses addresses on this node's links.
@FunctionalInterface
public interface AddressProber {

  /// Answers within a second, with one result for each address asked about. What could not be found
  /// out in time is unprobed. From any thread.
  ProbeReply probe(ProbeRequest request) throws InterruptedException;
}
