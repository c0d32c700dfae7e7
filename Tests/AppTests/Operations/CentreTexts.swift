// SPDX-License-Identifier: Apache-2.0
// A configuration file that says everything a file can say, as export would write it.
import Foundation

@testable import App

enum CentreTexts {
    /// What every centre holds: the file names pictures, and does not bring them.
    static let pictures = [[2], [7]].map { Picture(png: $0, width: 1, height: 1) }

    static let good = #"""
        otklik: 1

        centre:
          name: Дом «Уют»
          language: en
          timeZone: Asia/Yekaterinburg
          oneSurveyPerInteraction: false
          minimumAnswers: 25
          asking:
            withinHours: 48
            onceInDays: 30
            perYear: 6
            sharePercent: 50

        smtp:
          senderName: Дом «Уют»
          senderEmail: survey@uyut.example
          bounceEmail: bounces@uyut.example
          bounceLimit: 3
          host: mail.uyut.example
          port: 465
          secure: tls
          userName: survey
          passwordEnv: SMTP_PASSWORD
          sizeLimitMegabytes: 20
          unknownPolicy: leave
          connections: 4
          messagesPerSecond: 40

        teams:
          - name: Вторая линия
          - name: Первая линия

        people:
          - login: agent1
            firstName: Пётр
            lastName: Иванов
            email: agent1@uyut.example
            team: Первая линия
            timeZone: Asia/Omsk
          - login: boss
            firstName: Анна
            roles:
              - administrator
              - supervisor
            supervisedTeams:
              - Вторая линия
              - Первая линия
            language: en
          - login: former
            isActive: false

        services:
          - name: Обзвон
            type: outbound
            isEnabled: false
            usesDispositions: false
            folders:
              - name: Все
                dispositions:
                  - name: Статус не выбран
                    type: CONTINUE
                    systemType: NO_DISPOSITION
                    agentSelects: false
                  - name: Статус не найден
                    type: CONTINUE
                    systemType: DISPOSITION_NOT_FOUND
                    agentSelects: false
          - name: Приёмная
            type: blended
            language: ru
            team: Первая линия
            requiresDisposition: true
            folders:
              - name: Итог
                dispositions:
                  - name: Заказ
                    description: |-
                      Клиент заказал:
                      * товар
                      * услугу
                    code: '01'
                    directions:
                      - inbound
                      - outbound
                  - name: Отказ
                    code: '02'
                    type: FAILURE
                    doNotAsk: true
              - name: Системные
                dispositions:
                  - name: Статус не выбран
                    type: CONTINUE
                    systemType: NO_DISPOSITION
                    agentSelects: false
                  - name: Статус не найден
                    type: CONTINUE
                    systemType: DISPOSITION_NOT_FOUND
                    agentSelects: false

        fields:
          - key: csat
            name: CSAT
            kind: average
            minimum: 1
            maximum: 5
            satisfiedFrom: 4
          - key: effort
            name: Усилие клиента
            kind: promoter
            minimum: 1
            maximum: 7
            promoterFrom: 6
            detractorTo: 3
          - key: fcr
            name: Решено
            kind: percentage
            minimum: 0
            maximum: 1
          - key: nps
            name: NPS
            kind: promoter
            minimum: 0
            maximum: 10
            promoterFrom: 9
            detractorTo: 6
          - key: speed
            name: Скорость
            kind: average
            minimum: -2
            maximum: 2.5
            satisfiedFrom: 1.5

        forms:
          - name: Закрытая
            validDays: 7
            isClosed: true
            languages:
              - language: ru
                title: 'Вопрос: один'
                blocks:
                  - key: q
                    kind: notes
                    text: Что скажете?
          - name: Приёмная (100%)
            editHours: 24
            css: |
              .survey { color: #123; }

              .survey a::after { content: "→"; }
            image: dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986
            languages:
              - language: ru
                title: Как мы справились?
                sendButton: Отправить
                blocks:
                  - key: intro
                    kind: text
                    text: |-
                      Здравствуйте!
                      Ответьте, пожалуйста.
                  - key: solved
                    kind: yes_no_na
                    text: Вопрос решён?
                    isRequired: true
                    field: fcr
                    options:
                      - text: Да
                        value: 1
                      - text: Нет
                        value: 0
                      - text: Не знаю
                  - key: score
                    kind: slider
                    text: Оцените скорость
                    field: speed
                    minimum: -2
                    maximum: 2.5
                    step: 0.5
                  - key: ways
                    kind: radio
                    text: Откуда узнали?
                    display: dropdown
                    options:
                      - text: Реклама
                        value: 1
                      - text: Друзья
                        value: 2
                  - key: end
                    kind: thanks
                    text: Спасибо!
              - language: en
                title: How did we do?
                blocks:
                  - key: solved
                    kind: yes_no_na
                    text: Was it solved?
                    field: fcr
                    options:
                      - text: 'Yes'
                        value: 1
                      - text: 'No'
                        value: 0

        workflows:
          - name: Опрос
            blocks:
              - key: pause
                title: Подождать
                wait:
                  duration: 2
                  unit: hours
              - key: mail
                email:
                  fromName: $(tenant.name)
                  fromAddress: quality@uyut.example
                  replyTo: reply@uyut.example
                  to: $(contact.emails[0].email_address)
                  sendWithinSeconds: 7200
                  defaultLanguage: ru
                  templates:
                    - language: ru
                      subject: Как мы справились?
                      body: |-
                        <p>Здравствуйте, $(item.firstName|клиент)!</p>
                        <p><a href="$(survey.link:Приёмная (100%25%29)">Ответить</a></p>
                    - language: en
                      subject: How did we do?
                      format: plain
                      body: 'Please answer: ${survey.link:Приёмная (100%25%29}'
                  notSent:
                    - key: tell
                      internalMessage:
                        title: Не отправлено
                        users: boss
                        message: $(error.reason)
                        failed:
                          - key: stop
                            exit: {}
              - key: look
                if:
                  branches:
                    - name: Недоволен
                      match: any
                      conditions:
                        - variable: survey.score.speed
                          comparison: less
                          value: '0'
                        - variable: survey.answered
                          comparison: isSet
                      blocks:
                        - key: alarm
                          internalMessage:
                            title: Недоволен
                            users: boss
                  otherwise:
                    - key: done
                      exit: {}

        configurations:
          - workflow: Опрос
            name: После заказа
            service: Приёмная
            limits:
              withinHours: 24
              onceInDays: 0
              perYear: 3
              sharePercent: 100
            triggers:
              - event: agent_completes
                disposition: Заказ
              - event: interaction_ends
                withSystem: true
              - event: average_sentiment
                comparison: below
                threshold: -0.5
          - workflow: Опрос
            name: Про запас
            service: Обзвон
            isEnabled: false
            triggers:
              - event: interaction_ends

        """#

    /// The good file with a piece of it changed; nil when the piece is not there exactly once.
    static func changed(_ old: String, _ new: String) -> String? {
        let parts = good.components(separatedBy: old)
        return parts.count == 2 ? parts.joined(separator: new) : nil
    }
}
