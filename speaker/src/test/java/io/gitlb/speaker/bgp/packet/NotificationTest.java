// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NotificationTest {

  private static Notification cease(String hex) {
    return new Notification(6, 2, Golden.octets(hex));
  }

  @Test
  void saysWhatItsCodesMean() {
    assertEquals(
        "Cease/Administrative Shutdown (6/2) \"bye\"",
        Notification.administrativeShutdown("bye").describe());
    assertEquals("Hold Timer Expired (4/0)", Notification.holdTimerExpired().describe());
    assertEquals("Cease/unknown (6/99)", new Notification(6, 99, Octets.EMPTY).describe());
    assertEquals("unknown error (77/1)", new Notification(77, 1, Octets.EMPTY).describe());
  }

  /// RFC 9003 section 2: never half a character, never more than the peer may be able to take.
  @Test
  void cutsALongTextBetweenCharacters() {
    Notification notification = Notification.administrativeShutdown("\u00e4".repeat(100));

    assertEquals(1 + 128, notification.data().length());
    assertEquals(Optional.of("\u00e4".repeat(64)), notification.shutdownText());
    assertEquals(
        126, Notification.administrativeShutdown("\u20ac".repeat(100)).data().toBytes()[0]);
  }

  @Test
  void showsNoControlCharactersOfAPeer() {
    byte[] text = "a\u001b[31mb\n\u202e".getBytes(StandardCharsets.UTF_8);
    byte[] data = new byte[1 + text.length];
    data[0] = (byte) text.length;
    System.arraycopy(text, 0, data, 1, text.length);

    assertEquals(
        Optional.of("a<U+001B>[31mb<U+000A><U+202E>"),
        new Notification(6, 4, Octets.of(data)).shutdownText());
  }

  @Test
  void cutsTheTextOfAPeer() {
    String shown = cease("ff" + "00".repeat(300)).shutdownText().orElseThrow();

    assertEquals("<U+0000>".repeat(33) + "\u2026", shown);
  }

  /// RFC 8538 section 3: the code, subcode and data that a hard reset stands for.
  @Test
  void aHardResetSaysWhatItWraps() {
    assertEquals(
        new Notification(6, 9, Golden.octets("06 02 03 627965")),
        Notification.administrativeShutdown("bye").hard());
    assertEquals(
        "Cease/Hard Reset (6/9): Cease/Administrative Shutdown (6/2) \"bye\"",
        Notification.administrativeShutdown("bye").hard().describe());
    assertEquals("Cease/Hard Reset (6/9)", new Notification(6, 9, Octets.EMPTY).describe());
    assertEquals(
        "Cease/Hard Reset (6/9)",
        new Notification(6, 9, Golden.octets("06 09 06 09 06 02")).describe());
  }

  @Test
  void hasNoTextWhereThereIsNone() {
    assertEquals(Optional.empty(), cease("").shutdownText());
    assertEquals(Optional.empty(), cease("00").shutdownText(), "empty");
    assertEquals(Optional.empty(), cease("ff 61").shutdownText(), "longer than the data");
    assertEquals(Optional.empty(), cease("02 c3 28").shutdownText(), "not UTF-8");
    assertEquals(Optional.empty(), new Notification(6, 3, Golden.octets("01 61")).shutdownText());
  }
}
