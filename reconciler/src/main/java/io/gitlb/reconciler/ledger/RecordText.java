// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.Ipv6;

/// The text of a record: YAML, the same bytes for the same record, fields in a fixed order.
public final class RecordText {

  private RecordText() {}

  /// The whole file, ending in a line feed.
  public static String write(AllocationRecord record) {
    StringBuilder text = new StringBuilder();
    text.append("address: ").append(address(record.address())).append('\n');
    text.append("pool: ").append(YamlScalar.of(record.pool().value())).append('\n');
    text.append("state: ").append(record.state().text()).append('\n');
    text.append("reason: ").append(record.reason().text()).append('\n');
    text.append("since: ").append(YamlScalar.quoted(record.since().toString())).append('\n');
    text.append("configCommit: ").append(YamlScalar.quoted(record.configCommit())).append('\n');
    record
        .conflict()
        .ifPresent(
            conflict -> {
              text.append("conflict:\n");
              text.append("  mac: ").append(YamlScalar.quoted(conflict.mac().toString()));
              text.append("\n  seen: ").append(YamlScalar.quoted(conflict.seen().toString()));
              text.append('\n');
            });
    text.append("holders:\n");
    for (Holder holder : record.holders()) {
      appendHolder(text, holder);
    }
    return text.toString();
  }

  private static void appendHolder(StringBuilder text, Holder holder) {
    text.append("  - namespace: ").append(YamlScalar.of(holder.service().namespace())).append('\n');
    text.append("    name: ").append(YamlScalar.of(holder.service().name())).append('\n');
    text.append("    uid: ").append(YamlScalar.quoted(holder.uid())).append('\n');
    holder
        .sharing()
        .ifPresent(
            sharing -> {
              text.append("    sharingKey: ").append(YamlScalar.quoted(sharing.key()));
              text.append("\n    backend: ").append(YamlScalar.quoted(sharing.backend()));
              text.append('\n');
            });
    if (!holder.ports().isEmpty()) {
      text.append("    ports:\n");
      for (String port : holder.ports()) {
        text.append("      - ").append(YamlScalar.of(port)).append('\n');
      }
    }
  }

  /// IPv4 is never taken for anything but text; IPv6 may end in a colon.
  private static String address(IpAddress address) {
    return switch (address) {
      case Ipv4 ipv4 -> ipv4.toString();
      case Ipv6 ipv6 -> YamlScalar.quoted(ipv6.toString());
    };
  }
}
