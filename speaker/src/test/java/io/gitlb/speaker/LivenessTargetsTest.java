// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.protocol.LinkAddress;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.l2.InterfaceAddress;
import io.gitlb.speaker.l2.Link;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class LivenessTargetsTest {

  private static final MacAddress MAC = MacAddress.of("02:00:5e:00:53:01");

  /// Interface → its addresses with prefix lengths.
  private static Map<String, List<String>> links(String... texts) {
    Map<String, List<String>> links = new LinkedHashMap<>();
    for (String text : texts) {
      List<String> words = List.of(text.split(" "));
      links.put(words.getFirst(), words.subList(1, words.size()));
    }
    return links;
  }

  // The sessions from one end, as `interface local remote`.
  private static List<String> from(Map<String, List<String>> own, Map<String, List<String>> peer) {
    List<Member.Link> told =
        peer.entrySet().stream()
            .map(link -> new Member.Link(link.getKey(), MAC, addresses(link.getValue())))
            .toList();
    Member member = new Member(new NodeName("n1"), Optional.empty(), told);
    Collection<Link> links = own.entrySet().stream().map(LivenessTargetsTest::link).toList();
    return LivenessTargets.of(List.of(member), new TreeSet<>(List.of(member.node())), links)
        .stream()
        .map(LivenessTargetsTest::words)
        .toList();
  }

  private static Link link(Map.Entry<String, List<String>> entry) {
    SortedSet<InterfaceAddress> ready = new TreeSet<>();
    addresses(entry.getValue())
        .forEach(one -> ready.add(new InterfaceAddress(one.address(), one.prefixLength())));
    return new Link(entry.getKey(), 7, MAC, new TreeSet<>(), ready);
  }

  private static SortedSet<LinkAddress> addresses(List<String> texts) {
    SortedSet<LinkAddress> addresses = new TreeSet<>();
    texts.forEach(text -> addresses.add(LinkAddress.parse(text).orElseThrow()));
    return addresses;
  }

  private static String words(LivenessTarget target) {
    return target.interfaceName()
        + " "
        + IpAddress.ofBytes(target.local().getAddress())
        + " "
        + IpAddress.ofBytes(target.remote().getAddress());
  }

  // Each session of one end is one of the other, too.
  private static List<String> both(Map<String, List<String>> own, Map<String, List<String>> peer) {
    List<String> here = from(own, peer);
    List<String> mirrored =
        from(peer, own).stream().map(text -> text.split(" ")).map(w -> w[2] + " " + w[1]).toList();
    assertEquals(
        new TreeSet<>(mirrored),
        new TreeSet<>(here.stream().map(text -> text.substring(text.indexOf(' ') + 1)).toList()));
    return here;
  }

  @Test
  void theFirstSharedPrefixIsTaken() {
    assertEquals(
        List.of("eth0 192.0.2.1 192.0.2.2"),
        both(
            links("eth0 2001:db8::1/64 192.0.2.1/24 fe80::1/64"),
            links("ens3 fe80::2/64 192.0.2.2/24 2001:db8::2/64")));
    assertEquals(
        List.of("eth0 2001:db8::1 2001:db8::2"),
        both(
            links("eth0 2001:db8::1/64 192.0.2.1/24 fe80::1/64"),
            links("ens3 fe80::2/64 198.51.100.2/24 2001:db8::2/64")));
    assertEquals(
        List.of("eth0 fe80::1 fe80::2"),
        both(links("eth0 192.0.2.1/24 fe80::1/64"), links("eth0 fe80::2/64 198.51.100.2/24")));
  }

  @Test
  void eitherEndMayHaveTheLongerPrefix() {
    assertEquals(
        List.of("eth0 192.0.2.1 192.0.2.2"),
        both(links("eth0 192.0.2.1/24"), links("eth0 192.0.2.2/32")));
    assertEquals(
        List.of("eth0 192.0.2.1 192.0.2.200"),
        both(links("eth0 192.0.2.1/25"), links("eth0 192.0.2.200/24")));
    assertEquals(List.of(), both(links("eth0 192.0.2.1/25"), links("eth0 192.0.2.200/25")));
  }

  @Test
  void twoInterfacesOfBothOnOneSegmentPairUp() {
    assertEquals(
        List.of("eth0 192.0.2.1 192.0.2.11", "eth1 192.0.2.2 192.0.2.12"),
        both(
            links("eth0 192.0.2.1/24", "eth1 192.0.2.2/24"),
            links("eth0 192.0.2.11/24", "eth1 192.0.2.12/24")));
  }

  @Test
  void aLinkThatIsLeftOverSharesAPartner() {
    assertEquals(
        List.of("eth0 192.0.2.1 192.0.2.11", "eth1 192.0.2.2 192.0.2.11"),
        both(links("eth0 192.0.2.1/24", "eth1 192.0.2.2/24"), links("eth0 192.0.2.11/24")));
    assertEquals(
        List.of("eth0 192.0.2.11 192.0.2.1", "eth0 192.0.2.11 192.0.2.2"),
        both(links("eth0 192.0.2.11/24"), links("eth0 192.0.2.1/24", "eth1 192.0.2.2/24")));
  }

  @Test
  void twoSegmentsHaveASessionEach() {
    assertEquals(
        List.of("eth0 192.0.2.1 192.0.2.2", "eth1 198.51.100.1 198.51.100.2"),
        both(
            links("eth0 192.0.2.1/24 fe80::1/64", "eth1 198.51.100.1/24 fe80::11/64"),
            links("eth0 192.0.2.2/24 fe80::2/64", "eth1 198.51.100.2/24 fe80::12/64")));
  }

  @Test
  void linkLocalAddressesAloneGoByTheName() {
    assertEquals(
        List.of("eth0 fe80::2 fe80::12", "eth1 fe80::1 fe80::11"),
        both(
            links("eth0 fe80::2/64", "eth1 fe80::1/64"),
            links("eth0 fe80::12/64", "eth1 fe80::11/64")));
  }

  @Test
  void whoIsNotWatchedOrSharesNothingHasNone() {
    assertEquals(List.of(), from(links("eth0 192.0.2.1/24"), links("eth0 198.51.100.2/24")));
    Member member =
        new Member(
            new NodeName("n1"),
            Optional.empty(),
            List.of(new Member.Link("eth0", MAC, addresses(List.of("192.0.2.2/24")))));
    Link link = link(Map.entry("eth0", List.of("192.0.2.1/24")));
    assertEquals(
        new TreeSet<>(), LivenessTargets.of(List.of(member), new TreeSet<>(), List.of(link)));
  }
}
