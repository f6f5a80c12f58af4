// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.BgpAdvertisement;
import io.gitlb.schema.model.OnCordon;
import io.gitlb.schema.model.PoolSelection;
import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.LabelSelector;
import io.gitlb.schema.value.LocalPreference;
import io.gitlb.schema.value.PeerName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// BGPAdvertisement.
final class BgpAdvertisementMapping {

  private static final long MAX_LOCAL_PREFERENCE = 0xFFFF_FFFFL;

  private BgpAdvertisementMapping() {}

  static Optional<BgpAdvertisement> read(Document document) {
    Fields spec = document.spec();
    PoolSelection pools = PoolSelections.read(spec);
    List<LabelSelector> nodes = spec.list("nodeSelectors", Selectors::read);
    List<LabelSelector> services = spec.list("serviceSelectors", Selectors::read);
    List<PeerName> peers = spec.list("peers", Names::peerName);
    int ipv4 = aggregationLength(spec, "aggregationLength", IpFamily.IPV4);
    int ipv6 = aggregationLength(spec, "aggregationLengthV6", IpFamily.IPV6);
    Optional<Long> preference = localPreference(document);
    List<Communities.Named> communities = spec.list("communities", Communities::named);
    OnCordon onCordon = onCordon(document);
    if (!services.isEmpty() && (ipv4 < IpFamily.IPV4.bits() || ipv6 < IpFamily.IPV6.bits())) {
      refuseSelectedAggregate(document);
    }
    return document.define(
        () ->
            new BgpAdvertisement(
                document.name(),
                document.context().definition(),
                pools,
                nodes,
                services,
                new TreeSet<>(peers),
                ipv4,
                ipv6,
                preference.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                written(communities),
                aliases(communities),
                onCordon));
  }

  private static OnCordon onCordon(Document document) {
    if (document.version() != ApiVersion.GITLB_V1) {
      document.spec().onlyIn(ApiVersion.GITLB_V1, List.of("onCordon"));
      return OnCordon.PREFER_OTHERS;
    }
    return document
        .spec()
        .optional("onCordon", BgpAdvertisementMapping::onCordon)
        .orElse(OnCordon.PREFER_OTHERS);
  }

  private static Optional<OnCordon> onCordon(Value value) {
    return value.oneOf(List.of(OnCordon.values()), OnCordon::text);
  }

  private static List<Community> written(List<Communities.Named> named) {
    return named.stream()
        .flatMap(one -> one instanceof Communities.Written(var it) ? Stream.of(it) : Stream.empty())
        .toList();
  }

  private static SortedSet<String> aliases(List<Communities.Named> named) {
    return named.stream()
        .flatMap(one -> one instanceof Communities.Alias(var it) ? Stream.of(it) : Stream.empty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// 0 means not set in MetalLB's default backend, and here.
  private static Optional<Long> localPreference(Document document) {
    Optional<Long> number =
        document.spec().optional("localPref", BgpAdvertisementMapping::localPreference);
    if (number.equals(Optional.of(0L))) {
      document.note(
          ProblemCode.NO_EFFECT,
          "localPref",
          "is 0, which counts as none: peers of the own AS are told %d; write 1 for the lowest, or remove it"
              .formatted(LocalPreference.DEFAULT));
    }
    return number.filter(one -> one != 0);
  }

  private static Optional<Long> localPreference(Value value) {
    Optional<Long> number = value.number(0, MAX_LOCAL_PREFERENCE);
    number.ifPresent(value::remember);
    return number;
  }

  private static int aggregationLength(Fields spec, String name, IpFamily family) {
    return spec.optional(
            name,
            value -> {
              Optional<Long> length = value.number(1, family.bits());
              length.ifPresent(value::remember);
              return length;
            })
        .map(Long::intValue)
        .orElse(family.bits());
  }

  /// An aggregate would also bring in traffic for Services that the selectors leave out.
  private static void refuseSelectedAggregate(Document document) {
    document
        .context()
        .problems()
        .add(
            document.spec().keyPlace("serviceSelectors"),
            ProblemCode.WRONG_VALUE,
            "spec.serviceSelectors of %s cannot be used with an aggregation length; remove one"
                .formatted(document.context().document()));
  }
}
