// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// Carries a fault out of the nested parsers to [MessageCodec], which turns it into a value; it
/// never leaves the package. Without a stack trace, because peers can cause it at line rate.
final class MalformedMessage extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Notification notification;

  MalformedMessage(Notification notification) {
    super(notification.toString(), null, false, false);
    this.notification = notification;
  }

  Notification notification() {
    return notification;
  }
}
