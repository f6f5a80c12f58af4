// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

/// Whether a BGP peer is on a shared link or behind routers.
public enum Hops {
  SINGLE,
  MULTIPLE
}
