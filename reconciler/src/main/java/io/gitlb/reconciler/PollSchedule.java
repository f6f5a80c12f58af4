// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import java.time.Duration;
import java.util.Properties;
import org.quartz.DateBuilder;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/// Runs a task every so often, never twice at a time; a turn that comes while the task still runs
/// is left out.
final class PollSchedule implements AutoCloseable {

  private final Scheduler scheduler;

  private PollSchedule(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /// Starts with a first turn after one interval.
  static PollSchedule every(Duration interval, Runnable task) {
    try {
      Properties properties = new Properties();
      properties.setProperty(StdSchedulerFactory.PROP_SCHED_INSTANCE_NAME, "gitlb-poll");
      properties.setProperty(StdSchedulerFactory.PROP_SCHED_MAKE_SCHEDULER_THREAD_DAEMON, "true");
      properties.setProperty(
          StdSchedulerFactory.PROP_THREAD_POOL_CLASS, "org.quartz.simpl.SimpleThreadPool");
      properties.setProperty("org.quartz.threadPool.threadCount", "1");
      properties.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
      Scheduler scheduler = new StdSchedulerFactory(properties).getScheduler();
      scheduler.setJobFactory((_, _) -> new Turn(task));
      scheduler.scheduleJob(
          JobBuilder.newJob(Turn.class).withIdentity("poll").build(),
          TriggerBuilder.newTrigger()
              .startAt(
                  DateBuilder.futureDate(
                      Math.toIntExact(interval.toMillis()), DateBuilder.IntervalUnit.MILLISECOND))
              .withSchedule(
                  SimpleScheduleBuilder.simpleSchedule()
                      .withIntervalInMilliseconds(interval.toMillis())
                      .repeatForever()
                      .withMisfireHandlingInstructionNextWithRemainingCount())
              .build());
      scheduler.start();
      return new PollSchedule(scheduler);
    } catch (SchedulerException e) {
      throw new IllegalStateException("the schedule of the polls cannot be set up", e);
    }
  }

  /// One turn.
  @DisallowConcurrentExecution
  private record Turn(Runnable task) implements Job {

    @Override
    public void execute(JobExecutionContext context) {
      task.run();
    }
  }

  @Override
  public void close() {
    try {
      scheduler.shutdown();
    } catch (SchedulerException e) {
      throw new IllegalStateException("the schedule of the polls does not stop", e);
    }
  }
}
