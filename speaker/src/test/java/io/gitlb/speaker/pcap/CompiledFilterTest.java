// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.speaker.l2.AnswerTable;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

/// The filter as libpcap itself compiles and runs it, without an interface.
final class CompiledFilterTest {

  private static final int ARP = 0x0806;
  private static final int IPV4 = 0x0800;

  @Test
  void theCompiledFilterPassesRequestsForOurAddressesAndNothingElse() throws Exception {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      addresses.add(new Ipv4(0xC612_0000 + random.nextInt(256)));
    }
    try (Compiled filter = new Compiled(new AnswerTable(addresses, Set.of()))) {
      for (int host = 0; host < 256; host++) {
        Ipv4 target = new Ipv4(0xC612_0000 + host);
        assertEquals(
            addresses.contains(target),
            filter.passes(frame(ARP, target.bits())),
            "seed " + seed + ": " + target);
        assertEquals(false, filter.passes(frame(IPV4, target.bits())));
      }
    }
  }

  @Test
  void tenThousandScatteredAddressesCompile() throws Exception {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    for (int i = 0; i < 10_000; i++) {
      addresses.add(new Ipv4(0x0A00_0000 + 3 * i));
    }
    try (Compiled filter = new Compiled(new AnswerTable(addresses, Set.of()))) {
      for (IpAddress address : addresses) {
        Ipv4 v4 = new Ipv4(address.toNumber().intValue());
        assertEquals(true, filter.passes(frame(ARP, v4.bits())));
      }
    }
  }

  @Test
  void theFilterOfNoAddressCompiles() throws Exception {
    try (Compiled filter = new Compiled(AnswerTable.EMPTY)) {
      assertEquals(false, filter.passes(frame(ARP, 0xC612_0001)));
    }
  }

  @Test
  void framesFromAStationThatUsesAnAddressPassAndNeighborDiscoveryByItsTarget() throws Exception {
    Set<IpAddress> watched = Set.of(IpAddress.of("192.0.2.10"), IpAddress.of("2001:db8::a:1"));
    AnswerTable table = new AnswerTable(Set.of(), Set.of(), watched, Optional.empty());
    try (Compiled filter = new Compiled(table)) {
      byte[] fromHolder =
          ByteBuffer.allocate(60).putShort(12, (short) ARP).putInt(28, 0xC000_020A).array();
      assertEquals(true, filter.passes(fromHolder));
      assertEquals(true, filter.passes(neighbor(135, 0x000A_0001)));
      assertEquals(true, filter.passes(neighbor(136, 0x000A_0001)));
      assertEquals(false, filter.passes(neighbor(134, 0x000A_0001)));
      assertEquals(false, filter.passes(neighbor(135, 0x000A_0002)));
    }
  }

  @Test
  void fiveThousandScatteredAddressesOfEachFamilyCompile() throws Exception {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      addresses.add(new Ipv4(0x0A00_0000 + 3 * i));
      addresses.add(new Ipv6(0x2001_0DB8_0000_0000L, 7L * i));
    }
    try (Compiled filter = new Compiled(new AnswerTable(addresses, Set.of()))) {
      assertEquals(true, filter.passes(neighbor(135, 7 * 4_999)));
      assertEquals(true, filter.passes(frame(ARP, 0x0A00_0000 + 3 * 4_999)));
    }
  }

  /// As for a capture of up to 128 octets of each frame.
  private static final class Compiled implements AutoCloseable {

    private final PcapHandle handle;
    private final BpfProgram program;

    private Compiled(AnswerTable table) throws Exception {
      handle = Pcaps.openDead(DataLinkType.EN10MB, 128);
      program =
          handle.compileFilter(
              CaptureFilter.forTable(table),
              BpfCompileMode.OPTIMIZE,
              PcapHandle.PCAP_NETMASK_UNKNOWN);
    }

    private boolean passes(byte[] frame) {
      return program.applyFilter(frame, frame.length, frame.length);
    }

    @Override
    public void close() {
      program.free();
      handle.close();
    }
  }

  private static byte[] neighbor(int type, int end) {
    return ByteBuffer.allocate(86)
        .putShort(12, (short) 0x86DD)
        .put(20, (byte) 58)
        .put(54, (byte) type)
        .putInt(74, end)
        .array();
  }

  private static byte[] frame(int etherType, int target) {
    return ByteBuffer.allocate(60).putShort(12, (short) etherType).putInt(38, target).array();
  }
}
