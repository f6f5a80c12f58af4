// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;
import java.util.HexFormat;
import java.util.Optional;

/// Where the record of an address lies in the ledger's tree. Sharded so that a directory of
/// addresses that follow each other has at most 256 entries, whatever the size of the ledger.
///
/// IPv4: `v4/10/0/3/10.0.3.7.yaml`. IPv6: `v6/2001-0db8-0000-0000/00/` and then the address,
/// written out with dashes, since a colon is not allowed in file names everywhere.
public final class RecordPath {

  private static final String IPV4_ROOT = "v4/";
  private static final String IPV6_ROOT = "v6/";
  private static final String SUFFIX = ".yaml";

  /// The octet that names the last directory: the lowest one but the last.
  private static final int SHARD_OCTET = 14;

  private RecordPath() {}

  /// The path of the record, with `/`, relative to the root of the tree.
  public static String of(IpAddress address) {
    return switch (address) {
      case Ipv4 ipv4 ->
          IPV4_ROOT
              + (ipv4.bits() >>> 24)
              + "/"
              + (ipv4.bits() >>> 16 & 0xFF)
              + "/"
              + (ipv4.bits() >>> 8 & 0xFF)
              + "/"
              + ipv4
              + SUFFIX;
      case Ipv6 ipv6 -> {
        String network = dashed(ipv6.high());
        String shard = HexFormat.of().toHexDigits(ipv6.toBytes()[SHARD_OCTET]);
        yield IPV6_ROOT + network + "/" + shard + "/" + network + "-" + dashed(ipv6.low()) + SUFFIX;
      }
    };
  }

  /// The address whose record lies at this path.
  ///
  /// @return empty for every path that [#of] would not give, `facts/` and `cluster.yaml` among them
  public static Optional<IpAddress> parse(String path) {
    int slash = path.lastIndexOf('/');
    if (slash < 0 || !path.endsWith(SUFFIX) || path.length() - SUFFIX.length() <= slash) {
      return Optional.empty();
    }
    String name = path.substring(slash + 1, path.length() - SUFFIX.length());
    Optional<IpAddress> address =
        path.startsWith(IPV6_ROOT)
            ? IpAddress.parse(name.replace('-', ':'))
            : IpAddress.parse(name);
    return address.filter(found -> of(found).equals(path));
  }

  /// 64 bits as four groups of four digits.
  private static String dashed(long bits) {
    String digits = HexFormat.of().toHexDigits(bits);
    return digits.substring(0, 4)
        + "-"
        + digits.substring(4, 8)
        + "-"
        + digits.substring(8, 12)
        + "-"
        + digits.substring(12);
  }
}
