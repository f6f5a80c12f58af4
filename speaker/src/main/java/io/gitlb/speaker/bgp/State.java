// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

/// The states of RFC 4271 section 8.2.2.
public enum State {
  IDLE("Idle"),
  CONNECT("Connect"),
  ACTIVE("Active"),
  OPEN_SENT("OpenSent"),
  OPEN_CONFIRM("OpenConfirm"),
  ESTABLISHED("Established");

  private final String label;

  State(String label) {
    this.label = label;
  }

  /// As the RFC and every router spell it.
  @Override
  public String toString() {
    return label;
  }
}
