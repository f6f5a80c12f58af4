// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.git.PackNeed;
import io.gitlb.reconciler.loop.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.quartz.CronExpression;
import org.quartz.CronScheduleBuilder;
import org.quartz.DateBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Packs the local copies, one after the other: by a schedule whatever they look like, and now and
/// then when they have many files.
final class PackSchedule implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PackSchedule.class);

  /// A thousand commits, each with its files, fit in between.
  private static final Duration LOOK = Duration.ofMinutes(5);

  private static final String NEED = "need";

  private final Scheduler scheduler;

  private PackSchedule(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /// Whether Quartz can read it.
  static boolean isSchedule(String cron) {
    return CronExpression.isValidExpression(cron);
  }

  /// Starts.
  ///
  /// @param cron when to pack in any case
  /// @param copies each packs one copy when there is need, and says why that did not work
  static PackSchedule start(String cron, List<Function<PackNeed, Optional<Failure>>> copies) {
    try {
      Properties properties = new Properties();
      properties.setProperty(StdSchedulerFactory.PROP_SCHED_INSTANCE_NAME, "gitlb-packing");
      properties.setProperty(StdSchedulerFactory.PROP_SCHED_MAKE_SCHEDULER_THREAD_DAEMON, "true");
      properties.setProperty(
          StdSchedulerFactory.PROP_THREAD_POOL_CLASS, "org.quartz.simpl.SimpleThreadPool");
      properties.setProperty("org.quartz.threadPool.threadCount", "1");
      properties.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
      Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
      scheduler.setJobFactory((_, _) -> new Turn(copies));
      scheduler.addJob(
          JobBuilder.newJob(Turn.class).withIdentity("packing").storeDurably().build(), true);
      scheduler.scheduleJob(
          TriggerBuilder.newTrigger()
              .forJob("packing")
              .usingJobData(data(PackNeed.ANY))
              .withSchedule(
                  CronScheduleBuilder.cronSchedule(cron)
                      .withMisfireHandlingInstructionFireAndProceed())
              .build());
      scheduler.scheduleJob(
          TriggerBuilder.newTrigger()
              .forJob("packing")
              .usingJobData(data(PackNeed.MANY_FILES))
              .startAt(
                  DateBuilder.futureDate(
                      Math.toIntExact(LOOK.toSeconds()), DateBuilder.IntervalUnit.SECOND))
              .withSchedule(
                  SimpleScheduleBuilder.simpleSchedule()
                      .withIntervalInMilliseconds(LOOK.toMillis())
                      .repeatForever()
                      .withMisfireHandlingInstructionNextWithRemainingCount())
              .build());
      scheduler.start();
      return new PackSchedule(scheduler);
    } catch (SchedulerException e) {
      throw new IllegalStateException("the schedule of packing cannot be set up", e);
    }
  }

  private static JobDataMap data(PackNeed need) {
    JobDataMap data = new JobDataMap();
    data.put(NEED, need.name());
    return data;
  }

  /// One turn.
  @DisallowConcurrentExecution
  private record Turn(List<Function<PackNeed, Optional<Failure>>> copies) implements Job {

    @Override
    public void execute(JobExecutionContext context) {
      PackNeed need = PackNeed.valueOf(context.getMergedJobDataMap().getString(NEED));
      for (Function<PackNeed, Optional<Failure>> copy : copies) {
        copy.apply(need).ifPresent(failure -> log.warn("packing: {}", failure));
      }
    }
  }

  @Override
  public void close() {
    try {
      scheduler.shutdown();
    } catch (SchedulerException e) {
      throw new IllegalStateException("the schedule of packing does not stop", e);
    }
  }
}
