// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BgpStreamsTest {

  private static final String MARKER = "ff".repeat(16);
  private static final String KEEPALIVE = MARKER + "001304";

  /// Withdraws 192.0.2.1/32; announces 198.51.100.0/24 and 203.0.113.9/32 (attributes left out).
  private static final String UPDATE =
      MARKER + "0025" + "02" + "0005" + "20c0000201" + "0000" + "18c63364" + "20cb007109";

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  @Test
  void messagesAreCutFromSegmentsInWhateverOrderTheyCome() {
    file.writeBytes(new byte[24]);
    byte[] stream = HexFormat.of().parseHex(KEEPALIVE + UPDATE);
    segment(1, 1_000, 0x02, new byte[0]);
    segment(2, 1_001, 0x10, part(stream, 0, 10));
    segment(3, 1_021, 0x10, part(stream, 20, 56));
    segment(4, 1_001, 0x10, part(stream, 0, 20));

    assertEquals(
        List.of(
            new BgpMessage(4, "10.0.0.1", "10.0.0.1:179 10.0.0.2:180", 4, 19, 0, 0, 0),
            new BgpMessage(4, "10.0.0.1", "10.0.0.1:179 10.0.0.2:180", 2, 37, 2, 1, 0)),
        BgpStreams.read(file.toByteArray()));
  }

  @Test
  void theErrorOfANotificationIsRead() {
    file.writeBytes(new byte[24]);
    segment(1, 77, 0x18, HexFormat.of().parseHex(MARKER + "0015" + "03" + "0607"));

    assertEquals(
        List.of(0x0607), BgpStreams.read(file.toByteArray()).stream().map(m -> m.error()).toList());
  }

  @Test
  void aStreamMayBeginAtAnyMessageAndAFileMayEndAnywhere() {
    file.writeBytes(new byte[24]);
    segment(1, 77, 0x18, HexFormat.of().parseHex(KEEPALIVE));
    segment(2, 96, 0x18, HexFormat.of().parseHex(KEEPALIVE));
    byte[] cut = part(file.toByteArray(), 0, file.size() - 1);

    assertEquals(List.of(1L), BgpStreams.read(cut).stream().map(BgpMessage::nanos).toList());
  }

  private static byte[] part(byte[] whole, int from, int to) {
    return java.util.Arrays.copyOfRange(whole, from, to);
  }

  private void segment(int nanos, int sequence, int flags, byte[] octets) {
    int length = 14 + 20 + 20 + octets.length;
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    file.writeBytes(header.putInt(0).putInt(nanos).putInt(length).putInt(length).array());
    ByteBuffer frame = ByteBuffer.allocate(length);
    frame.position(14).put((byte) 0x45).put((byte) 0).putShort((short) (length - 14));
    frame.putInt(0).put((byte) 64).put((byte) 6).putShort((short) 0);
    frame.putInt(0x0A00_0001).putInt(0x0A00_0002);
    frame.putShort((short) 179).putShort((short) 180).putInt(sequence).putInt(0);
    frame.put((byte) 0x50).put((byte) flags).putShort((short) 0).putInt(0).put(octets);
    file.writeBytes(frame.array());
  }
}
