// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.SessionState;
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
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.11"), SessionState.UP));
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.12"), SessionState.UP));
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.11"), SessionState.DOWN));
    assertEquals(Contact.DOWN, contacts.after(target("eth0", "192.0.2.12"), SessionState.DOWN));
    assertEquals(Contact.DOWN, contacts.after(target("eth0", "192.0.2.12"), SessionState.DOWN));
  }

  @Test
  void interfacesCountByThemselves() {
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.11"), SessionState.UP));
    assertEquals(Contact.DOWN, contacts.after(target("eth1", "192.0.2.12"), SessionState.DOWN));
  }

  @Test
  void whoIsHeardAndDoesNotHearUsIsNotUp() {
    LivenessTarget one = target("eth0", "192.0.2.11");
    assertEquals(Contact.HEARD, contacts.after(one, SessionState.INIT));
    assertEquals(Contact.UP, contacts.after(target("eth0", "192.0.2.12"), SessionState.UP));
    assertEquals(Contact.HEARD, contacts.after(target("eth0", "192.0.2.12"), SessionState.DOWN));
    assertEquals(Contact.DOWN, contacts.after(one, SessionState.ADMIN_DOWN));
  }
}
