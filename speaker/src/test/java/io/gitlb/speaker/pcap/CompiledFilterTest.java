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
    PcapHandle handle = Pcaps.openDead(DataLinkType.EN10MB, 128);
    try (handle) {
      BpfProgram program =
          handle.compileFilter(
              CaptureFilter.forTable(new AnswerTable(addresses, Set.of())),
              BpfCompileMode.OPTIMIZE,
              PcapHandle.PCAP_NETMASK_UNKNOWN);
      for (int host = 0; host < 256; host++) {
        Ipv4 target = new Ipv4(0xC612_0000 + host);
        assertEquals(
            addresses.contains(target),
            program.applyFilter(frame(ARP, target.bits()), 60, 60),
            "seed " + seed + ": " + target);
        assertEquals(false, program.applyFilter(frame(IPV4, target.bits()), 60, 60));
      }
      program.free();
    }
  }

  @Test
  void tenThousandScatteredAddressesCompile() throws Exception {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    for (int i = 0; i < 10_000; i++) {
      addresses.add(new Ipv4(0x0A00_0000 + 3 * i));
    }
    PcapHandle handle = Pcaps.openDead(DataLinkType.EN10MB, 128);
    try (handle) {
      BpfProgram program =
          handle.compileFilter(
              CaptureFilter.forTable(new AnswerTable(addresses, Set.of())),
              BpfCompileMode.OPTIMIZE,
              PcapHandle.PCAP_NETMASK_UNKNOWN);
      for (IpAddress address : addresses) {
        Ipv4 v4 = new Ipv4(address.toNumber().intValue());
        assertEquals(true, program.applyFilter(frame(ARP, v4.bits()), 60, 60));
      }
      program.free();
    }
  }

  @Test
  void theFilterOfNoAddressCompiles() throws Exception {
    PcapHandle handle = Pcaps.openDead(DataLinkType.EN10MB, 128);
    try (handle) {
      BpfProgram program =
          handle.compileFilter(
              CaptureFilter.forTable(AnswerTable.EMPTY),
              BpfCompileMode.OPTIMIZE,
              PcapHandle.PCAP_NETMASK_UNKNOWN);
      assertEquals(false, program.applyFilter(frame(ARP, 0xC612_0001), 60, 60));
      program.free();
    }
  }

  @Test
  void framesFromAStationThatUsesAnAddressPassAndNeighborDiscoveryByItsTarget() throws Exception {
    Set<IpAddress> watched = Set.of(IpAddress.of("192.0.2.10"), IpAddress.of("2001:db8::a:1"));
    AnswerTable table = new AnswerTable(Set.of(), Set.of(), watched, Optional.empty());
    PcapHandle handle = Pcaps.openDead(DataLinkType.EN10MB, 128);
    try (handle) {
      BpfProgram program =
          handle.compileFilter(
              CaptureFilter.forTable(table),
              BpfCompileMode.OPTIMIZE,
              PcapHandle.PCAP_NETMASK_UNKNOWN);
      byte[] fromHolder =
          ByteBuffer.allocate(60).putShort(12, (short) ARP).putInt(28, 0xC000_020A).array();
      assertEquals(true, program.applyFilter(fromHolder, 60, 60));
      assertEquals(true, program.applyFilter(neighbor(135, 0x000A_0001), 86, 86));
      assertEquals(true, program.applyFilter(neighbor(136, 0x000A_0001), 86, 86));
      assertEquals(false, program.applyFilter(neighbor(134, 0x000A_0001), 86, 86));
      assertEquals(false, program.applyFilter(neighbor(135, 0x000A_0002), 86, 86));
      program.free();
    }
  }

  @Test
  void fiveThousandScatteredAddressesOfEachFamilyCompile() throws Exception {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      addresses.add(new Ipv4(0x0A00_0000 + 3 * i));
      addresses.add(new Ipv6(0x2001_0DB8_0000_0000L, 7L * i));
    }
    PcapHandle handle = Pcaps.openDead(DataLinkType.EN10MB, 128);
    try (handle) {
      BpfProgram program =
          handle.compileFilter(
              CaptureFilter.forTable(new AnswerTable(addresses, Set.of())),
              BpfCompileMode.OPTIMIZE,
              PcapHandle.PCAP_NETMASK_UNKNOWN);
      assertEquals(true, program.applyFilter(neighbor(135, 7 * 4_999), 86, 86));
      assertEquals(true, program.applyFilter(frame(ARP, 0x0A00_0000 + 3 * 4_999), 60, 60));
      program.free();
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
