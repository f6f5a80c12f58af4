// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import io.gitlb.schema.model.ProblemCode;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.Ipv4;
import java.util.Optional;
import java.util.function.BiFunction;

/// Addresses and ranges of addresses.
final class Addresses {

  /// RFC 4291 section 2.5.5.2. An IPv6 address to us, and never what somebody wants to announce.
  private static final IpRange MAPPED_IPV4 = IpPrefix.of("::ffff:0:0/96").toRange();

  private static final String MAPPED_IPV4_ADVICE =
      "is an IPv4-mapped IPv6 address (::ffff:0:0/96); write the IPv4 address a.b.c.d instead";

  private Addresses() {}

  /// `address/length` or `first-last`, spaces around the dash allowed.
  static Optional<IpRange> range(Value value) {
    return range(value, Addresses::refuseBare);
  }

  /// As [#range], and a bare address stands for itself: what is only taken away needs no length
  /// that says how much is meant.
  static Optional<IpRange> addressOrRange(Value value) {
    return range(value, Addresses::alone);
  }

  /// @param bare reads what has neither a slash nor a dash
  private static Optional<IpRange> range(
      Value value, BiFunction<Value, String, Optional<IpRange>> bare) {
    Optional<IpRange> range =
        value
            .text()
            .flatMap(
                text -> {
                  if (text.indexOf('/') >= 0) {
                    return prefix(value, text);
                  }
                  int dash = text.indexOf('-');
                  return dash >= 0
                      ? firstToLast(
                          value, text.substring(0, dash).strip(), text.substring(dash + 1).strip())
                      : bare.apply(value, text);
                });
    range = range.flatMap(read -> MAPPED_IPV4.overlaps(read) ? mapped(value) : Optional.of(read));
    range.ifPresent(value::remember);
    return range;
  }

  private static Optional<IpRange> prefix(Value value, String text) {
    return IpPrefix.parse(text)
        .map(IpPrefix::toRange)
        .or(() -> value.wrong("is not a prefix; write it like 192.0.2.0/24 or 2001:db8::/112"));
  }

  private static Optional<IpRange> firstToLast(Value value, String firstText, String lastText) {
    Optional<IpAddress> first = IpAddress.parse(firstText);
    Optional<IpAddress> last = IpAddress.parse(lastText);
    if (first.isEmpty() || last.isEmpty()) {
      return value.wrong(
          "is not a range: %s is not an IP address; write it like 192.0.2.10-192.0.2.20"
              .formatted(Shown.quoted(first.isEmpty() ? firstText : lastText)));
    }
    if (first.get().family() != last.get().family()) {
      return value.wrong("mixes IPv4 and IPv6; write one range of each");
    }
    if (first.get().compareTo(last.get()) > 0) {
      return value.problem(
          ProblemCode.RANGE_UPSIDE_DOWN,
          "%s of %s: the range %s-%s ends before it starts; write %s-%s"
              .formatted(
                  value.field(),
                  value.context().document(),
                  first.get(),
                  last.get(),
                  last.get(),
                  first.get()));
    }
    return Optional.of(new IpRange(first.get(), last.get()));
  }

  private static Optional<IpRange> alone(Value value, String text) {
    return IpAddress.parse(text)
        .map(address -> new IpRange(address, address))
        .or(
            () ->
                value.wrong(
                    "is no address and no range; write 192.0.2.1, 192.0.2.0/24 or"
                        + " 192.0.2.10-192.0.2.20"));
  }

  private static Optional<IpRange> refuseBare(Value value, String text) {
    return IpAddress.parse(text)
        .map(
            address ->
                value.<IpRange>wrong(
                    "is a bare address; for this one alone write %s/%d"
                        .formatted(address, address.family().bits())))
        .orElseGet(
            () ->
                value.wrong(
                    "is no range of addresses; write 192.0.2.0/24 or 192.0.2.10-192.0.2.20"));
  }

  private static <T> Optional<T> mapped(Value value) {
    return value.wrong(MAPPED_IPV4_ADVICE);
  }

  /// One address, of either family.
  static Optional<IpAddress> address(Value value) {
    Optional<IpAddress> address =
        value
            .text()
            .flatMap(
                text ->
                    IpAddress.parse(text)
                        .or(() -> value.wrong("is not an IP address; no length, port or zone")));
    address =
        address.flatMap(read -> MAPPED_IPV4.contains(read) ? mapped(value) : Optional.of(read));
    address.ifPresent(value::remember);
    return address;
  }

  /// A BGP identifier: not zero (RFC 6286 section 2.1).
  static Optional<Ipv4> routerId(Value value) {
    return value
        .text()
        .flatMap(
            text ->
                IpAddress.parse(text)
                    .flatMap(read -> read instanceof Ipv4 ipv4 ? Optional.of(ipv4) : none())
                    .filter(ipv4 -> ipv4.bits() != 0)
                    .or(() -> value.wrong("is not a router ID; write it like 192.0.2.1")));
  }

  private static <T> Optional<T> none() {
    return Optional.empty();
  }
}
