// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.health;

/// What the proxy of this node says of the endpoints behind one `healthCheckNodePort`.
public enum Gate {
  /// It has one here.
  OPEN,
  /// It has none here.
  SHUT,
  /// It had one here when somebody answered last, and nobody answers any more. A proxy that is
  /// restarted says nothing for seconds, while its rules stay in the kernel and pass traffic on:
  /// silence is no word about endpoints.
  SILENT,
  /// Nobody has answered yet.
  UNKNOWN
}
