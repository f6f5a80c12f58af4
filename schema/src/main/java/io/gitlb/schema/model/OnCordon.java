// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.model;

/// What becomes of a node that is cordoned. Where several words are for one thing, the first of
/// them here counts.
public enum OnCordon {
  /// Nothing: it announces as before.
  KEEP("Keep"),

  /// On links the other nodes come first, and its addresses move to them. Routers are asked to
  /// prefer the others: GRACEFUL_SHUTDOWN and, in the own AS, the lowest local preference (RFC
  /// 8326). They keep the routes, so a node without others goes on.
  PREFER_OTHERS("PreferOthers"),

  /// It announces nothing any more, unless no other node may; then it is as if routers were asked
  /// to prefer others.
  WITHDRAW("Withdraw");

  private final String text;

  OnCordon(String text) {
    this.text = text;
  }

  /// As documents write it.
  public String text() {
    return text;
  }
}
