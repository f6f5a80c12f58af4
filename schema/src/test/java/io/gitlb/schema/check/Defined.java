// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.check;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.OnCordon;
import io.gitlb.schema.model.PinnedIp;
import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.model.ReservedRange;
import io.gitlb.schema.model.Severity;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.PoolName;
import io.gitlb.schema.value.ServiceRef;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// Definitions as tests write them down. Each stands in a file of its own name.
final class Defined {

  private Defined() {}

  static AddressPool pool(String name, String... ranges) {
    return pool(name, Arrays.stream(ranges).map(Defined::range).toList());
  }

  static AddressPool pool(String name, List<IpRange> ranges) {
    return new AddressPool(
        new PoolName(name),
        at(name),
        new TreeMap<>(),
        ranges,
        Assignment.AUTOMATIC,
        EndOctets.USED,
        Optional.empty());
  }

  static AddressPool excluding(AddressPool pool, String... excluded) {
    return excluding(pool, Arrays.stream(excluded).map(Defined::range).toList());
  }

  static AddressPool excluding(AddressPool pool, List<IpRange> excluded) {
    return pool.withRules(pool.rules().withExcluded(excluded));
  }

  static ReservedRange reserved(String name, String... ranges) {
    return reserved(name, Arrays.stream(ranges).map(Defined::range).toList());
  }

  static ReservedRange reserved(String name, List<IpRange> ranges) {
    return new ReservedRange(name, at(name), ranges, "the reason of " + name);
  }

  static IpRange range(String text) {
    int dash = text.indexOf('-');
    return dash < 0
        ? IpPrefix.of(text).toRange()
        : new IpRange(
            IpAddress.of(text.substring(0, dash)), IpAddress.of(text.substring(dash + 1)));
  }

  static PinnedIp pin(String name, String service, String... addresses) {
    return new PinnedIp(
        name,
        at(name),
        ServiceRef.parse(service).orElseThrow(),
        Arrays.stream(addresses).map(IpAddress::of).toList());
  }

  static BgpAdvertisement aggregate(String name, int ipv4, int ipv6) {
    return new BgpAdvertisement(
        name,
        at(name),
        PoolSelection.ALL,
        List.of(),
        List.of(),
        new TreeSet<>(),
        ipv4,
        ipv6,
        OptionalLong.empty(),
        List.of(),
        new TreeSet<>(),
        OnCordon.PREFER_OTHERS);
  }

  static Definitions pools(AddressPool... pools) {
    return Definitions.NONE.with(pools);
  }

  static Definitions pinned(AddressPool pool, PinnedIp... pins) {
    return Definitions.NONE.with(pool).with(pins);
  }

  static Definitions reserved(
      List<AddressPool> pools, List<PinnedIp> pins, ReservedRange... reserved) {
    return Definitions.of(pools).with(pins.toArray(PinnedIp[]::new)).with(reserved);
  }

  static Definitions advertised(AddressPool pool, BgpAdvertisement advertisement) {
    return Definitions.NONE.with(pool, advertisement);
  }

  static SourcePlace at(String name) {
    return new SourcePlace(name + ".yaml", 4, 9);
  }

  static List<ProblemCode> codes(Definitions definitions) {
    return errors(definitions).stream().map(Problem::code).toList();
  }

  /// What the commit would be refused for.
  static List<Problem> errors(Definitions definitions) {
    return DefinitionChecks.check(definitions).stream()
        .filter(problem -> problem.severity() == Severity.ERROR)
        .toList();
  }
}
