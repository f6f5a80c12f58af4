// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.ownership.Contact;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class ContactsTest {

  private final Contacts contacts = new Contacts();

  private static LivenessTarget target(String interfaceName, String remote) {
    return new LivenessTarget(
        new NodeName("n1"),
        interfaceName,
        InetAddress.ofLiteral("192.0.2.1"),
        InetAddress.ofLiteral(remote));
  }

  @Test
  void oneSessionOfSeveralOnAnInterfaceIsEnough() {
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.11"), true));
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.12"), true));
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.11"), false));
    assertEquals(Contact.DOWN, contacts.after(target("eth0", "192.0.2.12"), false));
    assertEquals(Contact.DOWN, contacts.after(target("eth0", "192.0.2.12"), false));
  }

  @Test
  void interfacesCountByThemselves() {
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.11"), true));
    assertEquals(Contact.DOWN, contacts.after(target("eth1", "192.0.2.12"), false));
  }
}
