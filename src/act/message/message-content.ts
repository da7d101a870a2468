import type { Notification } from '../../core/jobs.ts';
import type { ContentOptions, MessageContent } from './content.ts';
import { digestContent } from './digest-content.ts';
import { incidentContent } from './incident-content.ts';
import { runContent } from './run-content.ts';
import { systemContent } from './system-content.ts';

export function messageContent(news: Notification, options: ContentOptions): MessageContent {
  switch (news.about) {
    case 'incident':
      return incidentContent(news, options);
    case 'retrain':
      return runContent(news, options);
    case 'digest':
      return digestContent(news, options);
    case 'log':
    case 'endpoint':
    case 'test':
      return systemContent(news, options);
  }
}
