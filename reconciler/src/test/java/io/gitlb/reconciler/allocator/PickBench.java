// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.allocator;

import io.gitlb.schema.model.AddressPool;
import io.gitlb.schema.model.AddressPool.Assignment;
import io.gitlb.schema.model.AddressPool.EndOctets;
import io.gitlb.schema.model.SourcePlace;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.PoolName;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A free-address pick: find the lowest free address of a pool and take it. 64 in a row, so that
/// the clock does not count, and all are given back outside of it, so that the pool stays as full
/// as it is.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBench {

  private static final int PICKS = 64;

  /// How the pool is filled.
  public enum Fill {
    V4_EMPTY("10.0.0.0/16"),
    /// Every other address is taken.
    V4_HALF("10.0.0.0/16"),
    /// One in a thousand is free.
    V4_ALMOST_FULL("10.0.0.0/16"),
    /// The lowest 100,000 are taken.
    V6_LOWEST("2001:db8::/64"),
    /// Of the lowest 200,000 every other one is taken.
    V6_SCATTERED("2001:db8::/64");

    private final String prefix;

    Fill(String prefix) {
      this.prefix = prefix;
    }

    private boolean takes(int place) {
      return switch (this) {
        case V4_EMPTY -> false;
        case V4_HALF -> place < 65_536 && place % 2 == 0;
        case V4_ALMOST_FULL -> place < 65_536 && place % 1_000 != 999;
        case V6_LOWEST -> place < 100_000;
        case V6_SCATTERED -> place < 200_000 && place % 2 == 0;
      };
    }
  }

  @Param public Fill fill = Fill.V4_EMPTY;

  private PoolSpace space = space(Fill.V4_EMPTY);
  private IpFamily family = IpFamily.IPV4;
  private final IpAddress[] picked = new IpAddress[PICKS];

  private static PoolSpace space(Fill fill) {
    return new PoolSpace(
        new AddressPool(
            new PoolName("pool"),
            new SourcePlace("bench.yaml", 1, 1),
            new TreeMap<>(),
            List.of(IpPrefix.of(fill.prefix).toRange()),
            Assignment.AUTOMATIC,
            EndOctets.USED,
            Optional.empty()),
        List.of());
  }

  @Setup(Level.Trial)
  public void fill() {
    space = space(fill);
    IpAddress address = IpPrefix.of(fill.prefix).toRange().first();
    family = address.family();
    for (int place = 0; place < 200_000; place++) {
      if (fill.takes(place)) {
        space.take(address);
      }
      Optional<IpAddress> next = address.next();
      if (next.isEmpty()) {
        break;
      }
      address = next.get();
    }
  }

  @Benchmark
  @OperationsPerInvocation(PICKS)
  public void pick() {
    for (int place = 0; place < PICKS; place++) {
      IpAddress address = space.lowestFree(family).orElseThrow();
      space.take(address);
      picked[place] = address;
    }
  }

  @TearDown(Level.Invocation)
  public void giveBack() {
    for (IpAddress address : picked) {
      space.release(address);
    }
  }
}
