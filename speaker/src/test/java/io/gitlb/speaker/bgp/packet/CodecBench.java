// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

import io.gitlb.schema.bench.BenchArguments;
import io.gitlb.schema.bench.BenchArguments.Length;
import io.gitlb.schema.bench.Figures;
import io.gitlb.schema.bench.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/// `./gitlb bench codec`: what reading and writing one BGP message costs, and the octets of the
/// heap that it takes, by JMH ([CodecOnMessage]). The compiler is the one that the speaker has.
public final class CodecBench {

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private CodecBench() {}

  /// @param line `--quick`, `--check`
  public static void main(String[] line) throws RunnerException {
    BenchArguments arguments = BenchArguments.parse("codec", List.of(line), Set.of());
    Figures figures = new Figures("codec", System.out);
    Length length = arguments.length();
    for (RunResult result :
        new Runner(
                new OptionsBuilder()
                    .include(CodecOnMessage.class.getName())
                    .addProfiler(GCProfiler.class)
                    .jvmArgsAppend("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                    .forks(length.choose(3, 1))
                    .warmupIterations(length.choose(5, 2))
                    .warmupTime(TimeValue.milliseconds(300))
                    .measurementIterations(length.choose(5, 3))
                    .measurementTime(TimeValue.milliseconds(length.choose(400, 200)))
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run()) {
      tell(figures, result);
    }
    System.exit(figures.finish(arguments));
  }

  private static void tell(Figures figures, RunResult result) {
    String kind = result.getParams().getParam("kind").toLowerCase(Locale.ROOT);
    String benchmark = result.getParams().getBenchmark();
    String verb = benchmark.substring(benchmark.lastIndexOf('.') + 1);
    String what = verb + " " + kind.replace('_', ' ');
    figures.add(verb + "_" + kind + "_ns", what, spread(result.getPrimaryResult()), "ns");
    for (String name : result.getSecondaryResults().keySet()) {
      if (name.endsWith(ALLOCATED)) {
        Result<?> one = result.getSecondaryResults().get(name);
        figures.add(verb + "_" + kind + "_octets", what + ", allocated", spread(one), "octets");
      }
    }
  }

  private static Spread spread(Result<?> result) {
    Statistics found = result.getStatistics();
    return new Spread(found.getMean(), found.getMin(), found.getMax(), (int) found.getN());
  }
}
