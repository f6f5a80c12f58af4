// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.PeerAs;
import io.gitlb.schema.model.PeerEndpoint;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.BfdProfileName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What users fork is right, and says what its README says.
class ExamplesRepoTest {

  private static Definitions demo() {
    return read(ExampleFiles.ofDemoCluster());
  }

  private static Definitions more(String name) {
    return read(
        ExampleFiles.toCopyFrom().stream()
            .filter(file -> file.path().equals("more/" + name))
            .toList());
  }

  /// What these files define, of which there is nothing to be said.
  private static Definitions read(List<ConfigFile> files) {
    ReadResult result = DefinitionReader.read(files);
    String shown =
        result instanceof ReadResult.Refused(var problems)
            ? problems.stream().map(Object::toString).collect(Collectors.joining("\n"))
            : "";
    ReadResult.Accepted accepted = assertInstanceOf(ReadResult.Accepted.class, result, shown);
    assertEquals(List.of(), accepted.warnings());
    return accepted.definitions();
  }

  @Test
  void theDemoClusterIsAcceptedWithoutAProblem() {
    Definitions demo = demo();
    assertEquals(
        List.of("lan", "routed"), demo.pools().stream().map(AddressPool::documentName).toList());
    assertEquals(1, demo.l2Advertisements().size());
    assertEquals(1, demo.bgpAdvertisements().size());
    assertEquals(1, demo.bgpPeers().size());
    assertEquals(1, demo.pinnedIps().size());
    assertEquals(
        List.of("dhcp", "infrastructure", "uplink"),
        demo.reservedRanges().stream().map(ReservedRange::name).toList());
  }

  @Test
  void theRoutedPoolKeepsTheRoutersAddressAndLimitsEachNamespace() {
    AddressPool.Rules rules = demo().pool(new PoolName("routed")).orElseThrow().rules();
    assertEquals(List.of(IpPrefix.of("203.0.113.14/32").toRange()), rules.excluded());
    assertEquals(OptionalInt.of(8), rules.quota());
    assertEquals(Duration.ofHours(1), rules.retain());
  }

  @Test
  void thePoolsHoldTheAddressesOfTheDemo() {
    assertEquals(
        List.of(new IpRange(IpAddress.of("10.77.0.100"), IpAddress.of("10.77.0.149"))),
        demo().pool(new PoolName("lan")).orElseThrow().ranges());
    assertEquals(
        List.of(
            IpPrefix.of("203.0.113.0/28").toRange(), IpPrefix.of("2001:db8:77::/112").toRange()),
        demo().pool(new PoolName("routed")).orElseThrow().ranges());
  }

  @Test
  void thePeerIsTheRouterOfTheDemo() {
    BgpPeer tor = demo().bgpPeers().getFirst();
    assertEquals(new Asn(64_512), tor.myAsn());
    assertEquals(new PeerAs.Exactly(new Asn(64_513)), tor.peerAs());
    assertEquals(new PeerEndpoint.Address(IpAddress.of("10.77.0.1")), tor.endpoint());
    assertEquals(179, tor.port());
    assertEquals(Duration.ofSeconds(9), tor.holdTime());
  }

  @Test
  void theRoutersOfTheExampleWithBfdAreWatchedAndTakeBothFamilies() {
    Definitions more = more("bgp-bfd.yaml");
    assertEquals(2, more.bgpPeers().size());
    for (BgpPeer spine : more.bgpPeers()) {
      assertEquals(Optional.of(new BfdProfileName("spine")), spine.bfdProfile());
      assertEquals(Set.of(IpFamily.values()), spine.routeFamilies());
      assertEquals(Optional.of(new PasswordSource.Secret(spine.name().value())), spine.password());
    }
  }

  @Test
  void theRoutersOfTheUnnumberedExampleAreFoundOnTheirLinks() {
    assertEquals(
        List.of(new PeerEndpoint.Interface("eth1"), new PeerEndpoint.Interface("eth2")),
        more("bgp-unnumbered.yaml").bgpPeers().stream().map(BgpPeer::endpoint).toList());
  }

  /// Who copies all of them has no two documents of one name, and no address in two pools.
  @Test
  void theExamplesGoWellTogether() {
    List<ConfigFile> all = new ArrayList<>(ExampleFiles.ofDemoCluster());
    all.addAll(ExampleFiles.toCopyFrom());
    assertEquals(4, read(all).pools().size());
  }

  @Test
  void thePinReservesAnAddressOfThePool() {
    var pin = demo().pinnedIps().getFirst();
    assertEquals(new ServiceRef("demo", "web"), pin.service());
    assertEquals(List.of(IpAddress.of("10.77.0.110")), pin.addresses());
  }
}
