// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.lab.segment.WireJudge;
import io.gitlb.lab.segment.WireJudge.Sent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The judge of all others: frames that it has to let pass, and frames that it must not.
@SharesLab
final class WireJudgeLabIT {

  private static final String OURS = "02:00:00:00:00:01";
  private static final String OTHERS = "02:00:00:00:00:02";

  private static final String MARKER = "ff".repeat(16);

  /// Up with Poll, 3 x 100 ms, of 52 octets; key 7 in a meticulous SHA-1 section of 28.
  private static final String SIGNED_BFD =
      "20e40334" + "0000000100000002" + "000186a0000186a000000000" + "051c0700" + "00".repeat(24);

  /// The same with a section that is too long for MD5.
  private static final String BAD_BFD = SIGNED_BFD.replace("051c0700", "031c0700");

  private static final String END_OF_RIB = MARKER + "0017" + "02" + "00000000";

  /// Cease 6/2, "bye".
  private static final String NOTIFICATION = MARKER + "0019" + "03" + "0602" + "03627965";

  /// An UPDATE whose attributes are longer than it is.
  private static final String BAD_UPDATE = MARKER + "001b" + "02" + "00000028" + "40010100";

  private static final int BFD_PORT = 3784;
  private static final int UDP = 17;
  private static final int TCP = 6;

  @RegisterExtension final Lab lab = new Lab();

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private int sequence = 1;

  /// DSCP CS6.
  private int trafficClass = 0xC0;

  @Test
  void whatIsWholeIsCountedAndWhatIsMissingIsNamed() throws IOException {
    udp(OURS, SIGNED_BFD);
    udp(OTHERS, BAD_BFD);
    tcp(END_OF_RIB + NOTIFICATION);
    WireJudge judge = judge();

    judge.expect(
        Set.of(
            Sent.BFD_UP,
            Sent.BFD_POLL,
            Sent.BFD_METICULOUS_SHA1,
            Sent.UPDATE,
            Sent.END_OF_RIB_IPV4,
            Sent.SHUTDOWN_TEXT));
    AssertionError error =
        assertThrows(AssertionError.class, () -> judge.expect(Set.of(Sent.UPDATE, Sent.BFD_INIT)));
    assertTrue(
        String.valueOf(error.getMessage()).contains("not sent [BFD_INIT]"), error::getMessage);
  }

  @Test
  void oneBadFrameOfOursIsEnough() throws IOException {
    udp(OURS, SIGNED_BFD);
    udp(OURS, BAD_BFD);
    tcp(BAD_UPDATE);
    WireJudge judge = judge();

    AssertionError error =
        assertThrows(AssertionError.class, () -> judge.expect(Set.of(Sent.BFD_UP)));
    assertTrue(String.valueOf(error.getMessage()).contains("Malformed BFD"), error::getMessage);
    assertTrue(String.valueOf(error.getMessage()).contains("Malformed BGP"), error::getMessage);
  }

  @Test
  void aFrameOfOursThatIsNotMarkedAsControlTrafficIsEnough() throws IOException {
    udp(OURS, SIGNED_BFD);
    trafficClass = 0;
    udp(OTHERS, SIGNED_BFD);
    tcp(END_OF_RIB);
    WireJudge judge = judge();
    AssertionError error =
        assertThrows(AssertionError.class, () -> judge.expect(Set.of(Sent.UPDATE)));
    assertTrue(
        String.valueOf(error.getMessage()).contains("without DSCP CS6: [[3, UPDATE"),
        error::getMessage);
  }

  private WireJudge judge() throws IOException {
    Path path = lab.sandbox().scratch().resolve("frames.pcap");
    ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0xA1B2_C3D4).putShort((short) 2).putShort((short) 4).putLong(0);
    header.putInt(65_535).putInt(1);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(header.array());
    whole.writeBytes(file.toByteArray());
    Files.write(path, whole.toByteArray());
    return WireJudge.of(lab.host("judge"), path, "eth.src == " + OURS);
  }

  private void udp(String source, String payload) {
    byte[] octets = HexFormat.of().parseHex(payload);
    ByteBuffer udp = ByteBuffer.allocate(8 + octets.length);
    udp.putShort((short) 49_152).putShort((short) BFD_PORT);
    udp.putShort((short) udp.capacity()).putShort((short) 0).put(octets);
    frame(source, UDP, udp.array());
  }

  private void tcp(String payload) {
    byte[] octets = HexFormat.of().parseHex(payload);
    ByteBuffer tcp = ByteBuffer.allocate(20 + octets.length);
    tcp.putShort((short) 40_000).putShort((short) 179).putInt(sequence).putInt(1);
    tcp.putShort((short) 0x5018).putShort((short) 1_000).putInt(0).put(octets);
    sequence += octets.length;
    frame(OURS, TCP, tcp.array());
  }

  private void frame(String source, int protocol, byte[] payload) {
    int length = 14 + 20 + payload.length;
    ByteBuffer record = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    file.writeBytes(record.putLong(0).putInt(length).putInt(length).array());
    ByteBuffer frame = ByteBuffer.allocate(length);
    frame.put(HexFormat.of().parseHex("020000000009"));
    frame.put(HexFormat.ofDelimiter(":").parseHex(source)).putShort((short) 0x0800);
    frame.putShort((short) (0x4500 | trafficClass)).putShort((short) (length - 14)).putInt(0);
    frame.put((byte) 255).put((byte) protocol).putShort((short) 0);
    frame.putInt(0x0A4E_000B).putInt(0x0A4E_0001).put(payload);
    file.writeBytes(frame.array());
  }
}
